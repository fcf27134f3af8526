from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assets.datasets.coco.listing import Listing, annotation_id, key_of, read_listing
from assets.problems import Problem


def listing_of(folder: Path, **members: Any) -> tuple[Listing, bytes]:
    path = folder / "instances_x.json"
    path.write_text(json.dumps({"images": [], "categories": [], "annotations": []} | members))
    return read_listing(path), path.read_bytes()


def test_positions_give_each_annotation_again_and_crowds_are_skipped(tmp_path: Path) -> None:
    annotations = [{"id": 7, "area": 2}, {"id": 8, "iscrowd": 1}, {"id": 3}]
    listing, data = listing_of(tmp_path, annotations=annotations)
    assert [*listing.ids] == [7, 3] and [*listing.numbers] == [0, 2]
    parts = [json.loads(data[start:end]) for start, end in zip(listing.starts, listing.ends, strict=True)]
    assert parts == [annotations[0], annotations[2]]


@pytest.mark.parametrize("number", [None, "seven", True, -1, 2**62, 1.5])
def test_an_id_that_is_no_plain_number_becomes_minus_1(tmp_path: Path, number: object) -> None:
    listing, _ = listing_of(tmp_path, annotations=[{"id": number}])
    assert [*listing.ids] == [-1]


def test_an_id_of_several_images_or_categories_is_ambiguous(
    tmp_path: Path,
) -> None:
    images = [{"id": 1, "file_name": f"{name}.jpg", "height": 4, "width": 6} for name in "ab"]
    images += [{"id": 2, "file_name": "c.jpg"}]
    categories = [{"id": 5, "name": "cup"}, {"id": 5, "name": "bowl"}, {"id": 6, "name": "cake"}]
    listing, _ = listing_of(tmp_path, images=images, categories=categories)
    assert listing.images == {1: None, 2: ("c.jpg", False, None, None)}
    assert listing.categories == {5: None, 6: "cake"}
    problems: list[Problem] = []
    listing.remarks.report("here", problems.append)
    assert [problem.got for problem in problems] == [
        "ids that several have: 1 (1); none is used",
        "ids that several have: 1 (5); none is used",
        "others: 2 (5 cup, 6 cake); the names decide",
    ]


def test_a_file_without_a_member_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "instances_x.json"
    path.write_text('{"images": []}')
    with pytest.raises(ValueError, match="no categories, annotations"):
        read_listing(path)


def test_ids_are_numbers_also_as_text_or_other_text() -> None:
    assert [key_of(value) for value in (7, "7", "007", 7.0, " 7 ")] == [7] * 5
    assert [key_of(value) for value in ("a7", True, None, "", [7], 1.5)] == [
        "a7",
        None,
        None,
        None,
        None,
        None,
    ]
    assert [annotation_id(value) for value in ("12", 0, 3.0, "a")] == [12, 0, 3, None]


@pytest.mark.parametrize("flag", [1, "1", True, "true", 1.0, "Yes"])
@pytest.mark.parametrize(("name", "reason"), [("iscrowd", "crowds"), ("ignore", "marked to be ignored")])
def test_flagged_annotations_are_counted_and_not_listed(
    tmp_path: Path, flag: object, name: str, reason: str
) -> None:
    listing, _ = listing_of(tmp_path, annotations=[{"id": 7, name: flag}, {"id": 8, name: "0"}, {"id": 9}])
    assert [*listing.ids] == [8, 9] and listing.skipped == {reason: 1}


@pytest.mark.parametrize("flag", [0, "0", False, "false", 0.0, None, "", "FALSE"])
def test_flags_that_are_not_set_in_any_form(tmp_path: Path, flag: object) -> None:
    listing, _ = listing_of(tmp_path, annotations=[{"id": 7, "iscrowd": flag, "ignore": flag}])
    assert [*listing.ids] == [7] and not listing.skipped


def test_an_image_without_file_name_has_that_of_its_url(tmp_path: Path) -> None:
    images = [
        {"id": 1, "coco_url": "http://images.cocodataset.org/train2017/a%20b.jpg"},
        {"id": 2, "file_name": "sub\\c.jpg"},
        {"id": 3},
    ]
    listing, _ = listing_of(tmp_path, images=images)
    assert [image and image[:2] for image in listing.images.values()] == [
        ("train2017/a b.jpg", True),
        ("sub/c.jpg", False),
        ("", False),
    ]
