from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from pycocotools import mask as coco_mask

from assets.review.coco import read_coco
from assets.review.index import COCO_FILE
from natocc.geometry import Image
from tests.raw_trees import write
from tests.reviews import HEIGHT, WIDTH, answers, exported, face_mask

IDS = ("00000", "00007", "00012")


def change(folder: Path, **fields: Any) -> None:
    path = folder / COCO_FILE
    path.write_text(json.dumps(json.loads(path.read_text()) | fields), encoding="utf-8")


def annotations(folder: Path) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = json.loads((folder / COCO_FILE).read_text())["annotations"]
    return loaded


def runs_of(mask: Image) -> list[int]:
    """Uncompressed run lengths, down the columns, of 0 first."""
    flat = (mask > 0).T.ravel()
    ends = np.flatnonzero(np.diff(flat)) + 1
    runs = np.diff([0, *ends, flat.size]).tolist()
    return [0, *runs] if flat[0] else runs


def large(mask: Image) -> Image:
    return np.kron(mask, np.ones((2, 2), np.uint8))


def test_untouched_run_lengths_come_back_exactly(tmp_path: Path) -> None:
    folder, _ = exported(tmp_path, "coco")
    found, problems = answers(read_coco, folder)
    assert problems == [] and tuple(found) == IDS
    for number, name in enumerate(IDS):
        assert np.array_equal(found[name].mask, face_mask(number))
        assert found[name].verdict is None and found[name].tool == "coco"


def test_plain_and_compressed_run_lengths_and_polygons_are_read(tmp_path: Path) -> None:
    folder, _ = exported(tmp_path, "coco")
    mask = large(face_mask(5))
    size = [HEIGHT, WIDTH]
    compressed = coco_mask.encode(np.asfortranarray(mask))["counts"].decode()
    box = [[20.0, 10, 60, 10, 60, 50, 20, 50], [80, 80, 100, 80, 100, 90, 80, 90]]
    given = [{"size": size, "counts": runs_of(mask)}, {"size": size, "counts": compressed}, box]
    change(
        folder,
        annotations=[
            one | {"segmentation": new} for one, new in zip(annotations(folder), given, strict=True)
        ],
    )
    found, problems = answers(read_coco, folder)
    assert problems == []
    assert np.array_equal(found["00000"].mask, face_mask(5))
    assert np.array_equal(found["00007"].mask, face_mask(5))
    expected = np.zeros((HEIGHT // 2, WIDTH // 2), np.uint8)
    expected[5:25, 10:30] = 255
    expected[40:45, 40:50] = 255
    assert np.array_equal(found["00012"].mask, expected)


def test_holes_and_several_pieces_of_one_image(tmp_path: Path) -> None:
    folder, _ = exported(tmp_path, "coco")
    first, *others = annotations(folder)
    whole = [[0.0, 0, WIDTH, 0, WIDTH, HEIGHT, 0, HEIGHT]]
    hole = large(cv2.circle(np.zeros((HEIGHT // 2, WIDTH // 2), np.uint8), (30, 30), 9, 255, -1))
    runs = {"size": [HEIGHT, WIDTH], "counts": runs_of(hole)}
    change(
        folder,
        annotations=[
            first | {"segmentation": whole},
            first | {"segmentation": runs, "category_id": 2},
            *others,
        ],
    )
    found, problems = answers(read_coco, folder)
    assert problems == []
    mask = found["00000"].mask
    assert mask is not None and np.array_equal(large(255 - mask), hole)


def test_attributes_are_verdicts_and_the_info_says_who_and_when(tmp_path: Path) -> None:
    folder, _ = exported(tmp_path, "coco")
    first, second, third = annotations(folder)
    first["attributes"] = {"occluded": True, "rotation": 0.0}
    second["attributes"] = {"exclude": "true", "occluded": False}
    third["attributes"] = {"unoccluded": 1}
    info = {"contributor": "A. N. Other", "date_created": "2024/5/9 10:00", "year": 2024}
    change(folder, annotations=[first, second, third], info=info)
    found, _ = answers(read_coco, folder)
    assert [found[name].verdict for name in IDS] == ["O", "excluded", "WO"]
    assert {(one.who, one.date, one.date_from) for one in found.values()} == {
        ("A. N. Other", "2024-05-09", "annotation file")
    }


@pytest.mark.parametrize("stated", ["", None, "yesterday", "2024-13-45"])
def test_without_a_date_the_files_own_is_taken(tmp_path: Path, stated: str | None) -> None:
    folder, _ = exported(tmp_path, "coco")
    change(folder, info={"date_created": stated, "contributor": None})
    os.utime(folder / COCO_FILE, (1_700_000_000, 1_700_000_000))
    found, _ = answers(read_coco, folder)
    assert {(one.who, one.date, one.date_from) for one in found.values()} == {("", "2023-11-14", "file time")}


def test_cvats_place_and_names_are_found(tmp_path: Path) -> None:
    folder, _ = exported(tmp_path, "coco")
    file = json.loads((folder / COCO_FILE).read_text())
    file["images"] = [one | {"file_name": f"images\\{one['file_name']}"} for one in file["images"]]
    (folder / COCO_FILE).unlink()
    (folder / "annotations").mkdir()
    (folder / "annotations/instances_default.json").write_text(json.dumps(file))
    found, problems = answers(read_coco, folder)
    assert problems == [] and tuple(found) == IDS


def faulty(folder: Path, **fields: Any) -> list[str]:
    first, *others = annotations(folder)
    change(folder, annotations=[first | fields, *others])
    found, problems = answers(read_coco, folder)
    assert tuple(found) == IDS[1:]
    return problems


PLACE = f"{COCO_FILE} annotations.0 of 00000.jpg"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"category_id": 9}, f"{PLACE}: expected the label face or hole, got 'category 9'"),
        ({"segmentation": []}, f"{PLACE}: expected polygons or RLE, got no segmentation"),
        ({"segmentation": [[1, 2, 3, 4]]}, f"{PLACE}: expected a polygon of at least 3 points, got 2"),
        (
            {"segmentation": [[1, 2, 3, 4, 5, 6, 7]]},
            f"{PLACE}: expected a polygon of pairs x, y, got 7 numbers",
        ),
        (
            {"segmentation": [[1, 2, 3, 4, 500, 6]]},
            f"{PLACE}: expected points on the image of 120x160, got (500, 6), far outside",
        ),
        (
            {"segmentation": {"size": [HEIGHT, WIDTH], "counts": [5, 6]}},
            f"{PLACE}: expected run lengths that fill the image, got runs of 11 pixels in all for a mask of 120x160",
        ),
        (
            {"segmentation": {"size": [2, 4], "counts": [5, 3]}},
            f"{PLACE}: expected the image's size 120x160, got 4x2",
        ),
        (
            {"segmentation": {"size": [1 << 30, 1 << 30], "counts": [1 << 60]}},
            f"{PLACE}: expected the image's size 120x160, got 1073741824x1073741824",
        ),
        (
            {"segmentation": "face"},
            f"{PLACE}: expected polygons (lists x, y, …) or run lengths (size and counts), got a text 'face'",
        ),
        ({"attributes": {"exclude": "maybe"}}, f"{PLACE}: expected exclude as 0 or 1, got 'maybe'"),
        (
            {"attributes": {"occluded": True, "exclude": True}},
            f"{COCO_FILE} 00000.jpg: expected one of occluded, unoccluded, exclude or none, got exclude, occluded",
        ),
    ],
)
def test_faults_are_named_with_their_place(tmp_path: Path, fields: dict[str, Any], expected: str) -> None:
    folder, _ = exported(tmp_path, "coco")
    assert faulty(folder, **fields) == [expected]


def mask_of(folder: Path, *rows: dict[str, Any]) -> tuple[Image, list[str]]:
    """The mask of the first image from these annotations, and what is said."""
    whole = [{"image_id": 1, "category_id": 1, "attributes": {}} | row for row in rows]
    change(folder, annotations=[*whole, *(one for one in annotations(folder) if one["image_id"] != 1)])
    found, problems = answers(read_coco, folder)
    mask = found["00000"].mask
    assert mask is not None
    return mask, problems


FACE = {"segmentation": [[10.0, 10, 90, 10, 90, 90, 10, 90]]}
HOLE = {"segmentation": [[20.0, 20, 40, 20, 40, 40, 20, 40]], "category_id": 2}


def test_a_hole_before_its_face_is_taken_away(tmp_path: Path) -> None:
    folder, _ = exported(tmp_path, "coco")
    after, problems = mask_of(folder, FACE, HOLE)
    assert problems == [] and (after > 0).sum() == 40 * 40 - 10 * 10
    before, problems = mask_of(folder, HOLE, FACE)
    assert np.array_equal(before, after)
    assert problems == [
        f"{COCO_FILE} annotations.0 of 00000.jpg: expected a hole after the face that it lies on, "
        "got a hole before it; taken away from the face"
    ]


def test_a_stated_height_decides_the_order(tmp_path: Path) -> None:
    folder, _ = exported(tmp_path, "coco")
    over, problems = mask_of(folder, HOLE | {"attributes": {"z_order": "1"}}, FACE)
    assert problems == [] and (over > 0).sum() == 40 * 40 - 10 * 10
    under, problems = mask_of(folder, HOLE | {"z_order": -1}, FACE)
    assert (under > 0).sum() == 40 * 40 and "a hole that changes no pixel" in problems[0]


def test_labels_are_read_in_any_case(tmp_path: Path) -> None:
    folder, _ = exported(tmp_path, "coco")
    change(folder, categories=[{"id": 1, "name": " Face"}, {"id": 2, "name": "background"}])
    mask, problems = mask_of(folder, FACE, HOLE)
    assert problems == [] and (mask > 0).sum() == 40 * 40 - 10 * 10


def test_a_stray_point_is_left_out_and_said(tmp_path: Path) -> None:
    folder, _ = exported(tmp_path, "coco")
    row = [10.0, 10, 50, 10, 90, 10, 90, 90, 10, 90, float("nan"), 5]
    mask, problems = mask_of(folder, {"segmentation": [row]})
    assert (mask > 0).sum() == 40 * 40
    assert problems == [
        f"{PLACE}: expected points on the image, got 1 point far outside or without a position; left out"
    ]


def test_flags_are_read_in_every_form(tmp_path: Path) -> None:
    folder, _ = exported(tmp_path, "coco")
    first, second, third = annotations(folder)
    first["attributes"], second["attributes"], third["attributes"] = (
        {"occluded": "1.0"},
        {"exclude": 1.0},
        None,
    )
    change(folder, annotations=[first, second, third])
    found, problems = answers(read_coco, folder)
    assert problems == [] and [found[name].verdict for name in IDS] == ["O", "excluded", None]


@pytest.mark.parametrize(
    ("lists", "got"),
    [
        ({"images": {1: {"id": 1}}}, "expected an image id of its own, got the id 1 of several images"),
        (
            {"images": {1: {"file_name": "00000.jpg"}}},
            "expected a file_name of its own, got 2 images of this name",
        ),
        (
            {"annotations": {1: {"id": 1}}},
            "expected annotations with ids of their own, got the id 1 in several images",
        ),
    ],
)
def test_what_is_there_twice_refuses_both_answers(
    tmp_path: Path, lists: dict[str, dict[int, dict[str, Any]]], got: str
) -> None:
    folder, _ = exported(tmp_path, "coco")
    file = json.loads((folder / COCO_FILE).read_text())
    for name, changes in lists.items():
        for number, fields in changes.items():
            file[name][number] |= fields
    (folder / COCO_FILE).write_text(json.dumps(file))
    found, problems = answers(read_coco, folder)
    assert tuple(found) == ("00012",)
    assert [
        problem.partition(": ")[2] for problem in problems if "several" in problem or "2 im" in problem
    ] == [got] * 2


def test_a_category_id_of_several_is_refused_where_it_is_used(tmp_path: Path) -> None:
    folder, _ = exported(tmp_path, "coco")
    change(folder, categories=[{"id": 1, "name": "face"}, {"id": 1, "name": "hole"}])
    found, problems = answers(read_coco, folder)
    assert not found and len(problems) == 3
    assert (
        problems[0] == f"{PLACE}: expected a category id of its own, got category_id 1 of several categories"
    )


def test_images_of_no_face_and_of_another_size(tmp_path: Path) -> None:
    folder, _ = exported(tmp_path, "coco")
    file = json.loads((folder / COCO_FILE).read_text())
    file["images"][0]["file_name"] = "00099.jpg"
    file["images"][1]["width"] = 512
    file["annotations"][2]["image_id"] = 44
    (folder / COCO_FILE).write_text(json.dumps(file))
    found, problems = answers(read_coco, folder)
    assert problems == [
        f"{COCO_FILE} 00099.jpg: expected a face of this review, got the unknown face '00099'",
        f"{COCO_FILE} 00007.jpg: expected the image's size 120x160, got 512x160",
        f"{COCO_FILE} annotations.2: expected the id of an image of this file, got image_id 44",
    ]
    mask = found["00012"].mask
    assert mask is not None and not mask.any()


def test_a_damaged_or_missing_file_is_one_message(tmp_path: Path) -> None:
    folder, _ = exported(tmp_path, "coco")
    change(folder, annotations=[{"image_id": 1}])
    with pytest.raises(
        ValueError, match=r"annotations\.json: expected annotations as COCO's instances, got "
    ):
        answers(read_coco, folder)
    (folder / COCO_FILE).unlink()
    with pytest.raises(
        FileNotFoundError, match=r"expected annotations\.json or annotations/instances_default"
    ):
        answers(read_coco, folder)


def add_elsewhere(folder: Path, *rows: dict[str, Any]) -> None:
    """The file at CVAT's place: the exported one with these fields of its annotations replaced, in order."""
    file = json.loads((folder / COCO_FILE).read_text())
    file["annotations"] = [one | row for one, row in zip(file["annotations"], rows, strict=True)]
    write(folder / ELSEWHERE, json.dumps(file).encode())


ELSEWHERE = "annotations/instances_default.json"


def test_beside_the_exported_file_the_answer_at_cvats_place_is_read(tmp_path: Path) -> None:
    folder, _ = exported(tmp_path, "coco")
    add_elsewhere(folder, FACE | {"attributes": {"occluded": True}}, {"attributes": {"exclude": True}}, {})
    found, problems = answers(read_coco, folder)
    assert problems == [] and sorted(found) == sorted(IDS)
    assert {one.path.relative_to(folder).as_posix() for one in found.values()} == {ELSEWHERE}
    assert [found[name].verdict for name in IDS] == ["O", "excluded", None]
    mask = found["00000"].mask
    assert mask is not None and (mask > 0).sum() == 40 * 40


def test_an_answer_in_the_exported_file_is_read_beside_an_older_one_at_cvats_place(tmp_path: Path) -> None:
    folder, _ = exported(tmp_path, "coco")
    add_elsewhere(folder, {}, {}, {})
    first, *others = annotations(folder)
    change(folder, annotations=[first | FACE, *others])
    found, problems = answers(read_coco, folder)
    assert problems == [] and sorted(found) == sorted(IDS)
    assert found["00000"].path == folder / COCO_FILE and found["00007"].path == folder / ELSEWHERE
    mask = found["00000"].mask
    assert mask is not None and (mask > 0).sum() == 40 * 40


@pytest.mark.parametrize("second", [FACE, FACE | {"attributes": {"occluded": True}}, HOLE])
def test_two_answers_that_differ_both_come_and_equal_ones_count_once(
    tmp_path: Path, second: dict[str, Any]
) -> None:
    folder, review = exported(tmp_path, "coco")
    add_elsewhere(folder, second, {}, {})
    first, *others = annotations(folder)
    change(folder, annotations=[first | FACE, *others])
    found = [one for one in read_coco(folder, review, lambda problem: None) if one.face.id == "00000"]
    expected = [COCO_FILE] if second is FACE else [COCO_FILE, ELSEWHERE]
    assert [one.path.relative_to(folder).as_posix() for one in found] == expected


@pytest.mark.parametrize("name", ["Occluded", " OCCLUDED "])
def test_verdicts_are_read_in_any_case(tmp_path: Path, name: str) -> None:
    folder, _ = exported(tmp_path, "coco")
    first, *others = annotations(folder)
    # CVAT keeps the exported attribute beside one that is added.
    first["attributes"] = {name: True, "occluded": False}
    change(folder, annotations=[first, *others])
    found, problems = answers(read_coco, folder)
    assert problems == [] and found["00000"].verdict == "O"
