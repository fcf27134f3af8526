from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assets.datasets.coco.listing import Listing, read_listing


def listing_of(folder: Path, **members: Any) -> tuple[Listing, bytes]:
    path = folder / "instances_x.json"
    path.write_text(json.dumps({"images": [], "categories": [], "annotations": []} | members))
    return read_listing(path, folder / "x"), path.read_bytes()


def test_positions_give_each_annotation_again_and_crowds_are_skipped(tmp_path: Path) -> None:
    annotations = [{"id": 7, "area": 2}, {"id": 8, "iscrowd": 1}, {"id": 3}]
    listing, data = listing_of(tmp_path, annotations=annotations)
    assert [*listing.ids] == [7, 3] and [*listing.numbers] == [0, 2]
    parts = [json.loads(data[start:end]) for start, end in zip(listing.starts, listing.ends, strict=True)]
    assert parts == [annotations[0], annotations[2]]


@pytest.mark.parametrize("number", [None, "7", True, -1, 2**62, 1.5])
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
    assert listing.images == {1: None, 2: ("c.jpg", None, None)}
    assert listing.categories == {5: None, 6: "cake"}
    assert (str(listing.shared_images), str(listing.shared_categories)) == ("1 (1)", "1 (5)")


def test_a_file_without_a_member_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "instances_x.json"
    path.write_text('{"images": []}')
    with pytest.raises(ValueError, match="no categories, annotations"):
        read_listing(path, tmp_path)
