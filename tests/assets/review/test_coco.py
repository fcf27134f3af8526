from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO

from assets.review.coco import COCO_FILE, read_coco
from natocc.geometry import Image
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


# pycocotools hands its arrays over in a way that numpy 2 deprecates.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_cocos_own_tools_read_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, _ = exported(tmp_path, "coco")
    coco = COCO(str(folder / COCO_FILE))
    capsys.readouterr()
    assert [image["file_name"] for image in coco.loadImgs(coco.getImgIds())] == [
        f"{name}.jpg" for name in IDS
    ]
    for number, one in enumerate(coco.loadAnns(coco.getAnnIds())):
        assert np.array_equal(coco.annToMask(one) * 255, large(face_mask(number)))
        assert one["area"] == np.count_nonzero(large(face_mask(number)))
    assert [one["name"] for one in coco.loadCats(coco.getCatIds())] == ["face", "hole"]


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
        ({"segmentation": []}, f"{PLACE}: expected polygons or run lengths, got none: a box is no mask"),
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
            {"attributes": {"occluded": True, "exclude": True}},
            f"{COCO_FILE} 00000.jpg: expected one of occluded, unoccluded, exclude or none, got exclude, occluded",
        ),
    ],
)
def test_faults_are_named_with_their_place(tmp_path: Path, fields: dict[str, Any], expected: str) -> None:
    folder, _ = exported(tmp_path, "coco")
    assert faulty(folder, **fields) == [expected]


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
