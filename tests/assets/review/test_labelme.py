from __future__ import annotations

import base64
import json
import os
import struct
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from assets.review.index import pixels_sha256
from assets.review.labelme import read_labelme
from natocc.geometry import Image
from tests.raw_trees import encoded
from tests.reviews import HEIGHT, WIDTH, answers, bitmap, exported, face_mask

NAME = "images/00007.json"


def file_of(folder: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((folder / NAME).read_text(encoding="utf-8"))
    return loaded


def edit(folder: Path, **fields: Any) -> None:
    (folder / NAME).write_text(json.dumps(file_of(folder) | fields), encoding="utf-8")


def polygon(points: list[list[float]], label: str = "face") -> dict[str, Any]:
    return {"label": label, "points": points, "group_id": None, "shape_type": "polygon", "flags": {}}


def test_the_file_is_what_labelme_opens(tmp_path: Path) -> None:
    folder, _ = exported(tmp_path, "labelme")
    file = file_of(folder)
    assert file["imagePath"] == "00007.jpg" and (folder / "images/00007.jpg").is_file()
    assert (file["imageHeight"], file["imageWidth"], file["imageData"]) == (HEIGHT, WIDTH, None)
    assert file["version"].startswith("5.")
    assert file["flags"] == {"occluded": False, "unoccluded": False, "exclude": False}
    assert [shape["label"] for shape in file["shapes"]] == ["face", "hole", "hole", "face", "face"]
    for shape in file["shapes"]:
        assert shape["shape_type"] == "polygon" and len(shape["points"]) >= 3
        assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in shape["points"])


def test_untouched_polygons_come_back_as_foretold(tmp_path: Path) -> None:
    folder, review = exported(tmp_path, "labelme")
    found, problems = answers(read_labelme, folder)
    assert problems == [] and set(found) == {"00000", "00007", "00012"}
    for name, answer in found.items():
        assert answer.mask is not None and answer.verdict is None
        assert pixels_sha256(answer.mask) == review.by_id[name].returned_pixels
    mask = found["00007"].mask
    assert mask is not None and (mask != face_mask(1)).mean() < 0.02


def test_shapes_are_painted_in_the_order_of_the_file(tmp_path: Path) -> None:
    folder, _ = exported(tmp_path, "labelme")
    whole = [[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]]
    half = [[0, 0], [WIDTH / 2, 0], [WIDTH / 2, HEIGHT], [0, HEIGHT]]
    edit(
        folder, shapes=[polygon(whole), polygon(half, "hole"), polygon([[0, 0], [20, 0], [20, 10], [0, 10]])]
    )
    mask = answers(read_labelme, folder)[0]["00007"].mask
    expected = np.zeros((HEIGHT // 2, WIDTH // 2), np.uint8)
    expected[:, WIDTH // 4 :] = 255
    expected[:5, :10] = 255
    assert np.array_equal(mask, expected)


def mask_shape(pixels: Image, x: float, y: float, label: str = "face") -> dict[str, Any]:
    box = [[x, y], [x + pixels.shape[1] - 1, y + pixels.shape[0] - 1]]
    text = base64.b64encode(bitmap(pixels)).decode()
    return polygon(box, label) | {"shape_type": "mask", "mask": text}


@pytest.mark.parametrize("high", [1, 255])
def test_bitmaps_of_labelme_are_exact(tmp_path: Path, high: int) -> None:
    folder, _ = exported(tmp_path, "labelme")
    mask = np.kron(face_mask(2) // 255, np.ones((2, 2), np.uint8)) * np.uint8(high)
    edit(folder, version="6.0.1", shapes=[mask_shape(mask[4:120, 6:110], 6.0, 4.0)])
    answer = answers(read_labelme, folder)[0]["00007"]
    expected = np.zeros_like(face_mask())
    expected[2:60, 3:55] = face_mask(2)[2:60, 3:55]
    assert np.array_equal(answer.mask, expected)
    assert answer.tool == "labelme 6.0.1"


def test_a_bitmap_in_the_alpha_channel_is_read(tmp_path: Path) -> None:
    folder, _ = exported(tmp_path, "labelme")
    mask = np.kron(face_mask(2), np.ones((2, 2), np.uint8))
    shape = mask_shape(mask, 0.0, 0.0)
    data = encoded(np.dstack([mask | 255] * 3 + [mask]), "PNG")
    edit(folder, shapes=[shape | {"mask": base64.b64encode(data).decode()}])
    assert np.array_equal(answers(read_labelme, folder)[0]["00007"].mask, face_mask(2))


def test_a_bitmap_with_grey_away_from_its_edge_is_a_problem(tmp_path: Path) -> None:
    folder, _ = exported(tmp_path, "labelme")
    mask = np.kron(face_mask(2), np.ones((2, 2), np.uint8))
    unsure = np.where(cv2.erode(mask, np.ones((41, 41), np.uint8)) > 0, np.uint8(200), mask)
    edit(folder, shapes=[mask_shape(unsure, 0.0, 0.0)])
    found, (problem,) = answers(read_labelme, folder)
    assert "00007" not in found
    assert problem.startswith(
        f"{NAME} shapes.0: expected a mask of 0 and 255, or of 0 and 1, with grey within 8"
    )
    edit(folder, shapes=[mask_shape(np.asarray(cv2.GaussianBlur(mask, (0, 0), 1.5), np.uint8), 0.0, 0.0)])
    assert answers(read_labelme, folder)[1] == [], "soft edges"


def test_a_bitmap_is_decoded_only_if_its_header_has_the_size_of_its_box(tmp_path: Path) -> None:
    """A few bytes of a PNG can claim to be gigabytes of pixels."""
    folder, _ = exported(tmp_path, "labelme")
    shape = mask_shape(face_mask(), 0.0, 0.0)
    data = bytearray(base64.b64decode(shape["mask"]))
    data[16:24] = struct.pack(">II", 60_000, 60_000)
    for bitmap_data in (data, data[:40], b"", b"GIF89a"):
        edit(folder, shapes=[shape | {"mask": base64.b64encode(bitmap_data).decode()}])
        (problem,) = answers(read_labelme, folder)[1]
        assert "expected a mask" in problem


def test_ticked_flags_are_the_verdict_and_the_date_is_the_files(tmp_path: Path) -> None:
    folder, _ = exported(tmp_path, "labelme")
    edit(folder, flags={"occluded": True, "exclude": False}, shapes=[])
    os.utime(folder / NAME, (1_700_000_000, 1_700_000_000))
    answer = answers(read_labelme, folder)[0]["00007"]
    assert answer.verdict == "O" and answer.mask is not None and not answer.mask.any()
    assert (answer.date, answer.date_from) == ("2023-11-14", "file time")


SQUARE = [[10, 10], [60, 10], [60, 60]]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            {"shapes": [polygon(SQUARE, "hand")]},
            f"{NAME} shapes.0: expected the label face or hole, got 'hand'",
        ),
        (
            {"shapes": [polygon(SQUARE[:2])]},
            f"{NAME} shapes.0: expected a polygon of at least 3 points, got 2",
        ),
        (
            {"shapes": [polygon(SQUARE), polygon([*SQUARE, [-4, 900]])]},
            f"{NAME} shapes.1: expected points on the image of 120x160, got (-4, 900), far outside",
        ),
        (
            {"shapes": [polygon(SQUARE) | {"shape_type": "circle"}]},
            f"{NAME} shapes.0: expected a polygon or a mask, got a circle; draw it as a polygon",
        ),
        (
            {"shapes": [polygon(SQUARE) | {"flags": {"occluded": True}}]},
            f"{NAME} shapes.0: expected verdicts among the file's flags, got occluded on a shape",
        ),
        (
            {"shapes": [mask_shape(face_mask(), 0, 0) | {"points": [[0, 0], [9, 9]]}]},
            f"{NAME} shapes.0: expected a mask of its box's size 10x10, got 60x80",
        ),
        (
            {"shapes": [mask_shape(face_mask(), 100, 0)]},
            f"{NAME} shapes.0: expected a mask on the image of 120x160, got a box from 100,0 to 159,79",
        ),
        (
            {"shapes": [polygon([[0, 0], [9, 9]]) | {"shape_type": "mask", "mask": "?"}]},
            f"{NAME} shapes.0: expected a mask as a PNG in base64, got other or damaged data",
        ),
        ({"imageHeight": 500}, f"{NAME}: expected the image's size 120x160, got 120x500"),
        ({"imagePath": "..\\00012.jpg"}, f"{NAME}: expected the image 00007.jpg, got '00012.jpg'"),
        (
            {"flags": {"occluded": True, "exclude": True}},
            f"{NAME}: expected one of occluded, unoccluded, exclude or none, got exclude, occluded",
        ),
        (
            {"flags": {"blurred": True}},
            f"{NAME}: expected one of occluded, unoccluded, exclude or none, got blurred",
        ),
        (
            {"shapes": None},
            f"{NAME}: expected a JSON file of LabelMe, got shapes: no list",
        ),
    ],
)
def test_faults_are_named_with_their_place(tmp_path: Path, fields: dict[str, Any], expected: str) -> None:
    folder, _ = exported(tmp_path, "labelme")
    edit(folder, **fields)
    found, problems = answers(read_labelme, folder)
    assert problems == [expected]
    assert set(found) == {"00000", "00012"}


def test_damage_unknown_faces_and_points_without_a_position(tmp_path: Path) -> None:
    folder, _ = exported(tmp_path, "labelme")
    (folder / NAME).write_text('{"shapes": [')
    (folder / "00099.json").write_text("{}")
    text = (folder / "images/00012.json").read_text()
    (folder / "images/00012.json").write_text(
        text.replace('"points": [\n    [\n     ', '"points": [[NaN, 3], [', 1)
    )
    found, problems = answers(read_labelme, folder)
    assert set(found) == {"00000", "00012"}
    assert problems == [
        f"{NAME}: expected a JSON file of LabelMe, got text that is cut short",
        "images/00012.json shapes.0: expected points on the image, "
        "got 1 point far outside or without a position; left out",
        "00099.json: expected a face of this review, got the unknown face '00099'",
    ]


def test_labels_flags_and_numbers_in_other_forms(tmp_path: Path) -> None:
    folder, _ = exported(tmp_path, "labelme")
    whole = [["0", "0"], [str(WIDTH), "0"], [WIDTH, HEIGHT], [0, HEIGHT]]
    edit(
        folder,
        shapes=[polygon(whole, " FACE")],
        flags={"Occluded": "true", "exclude": None, "unoccluded": 0.0},
    )  # type: ignore[arg-type]
    found, problems = answers(read_labelme, folder)
    mask = found["00007"].mask
    assert problems == [] and mask is not None and (mask == 255).all() and found["00007"].verdict == "O"
    edit(folder, flags={"occluded": "maybe"})
    assert answers(read_labelme, folder)[1] == [f"{NAME}: expected occluded as 0 or 1, got 'maybe'"]


def test_a_hole_before_its_face_is_taken_away(tmp_path: Path) -> None:
    folder, _ = exported(tmp_path, "labelme")
    face = polygon([[10, 10], [90, 10], [90, 90], [10, 90]])
    hole = polygon([[20, 20], [40, 20], [40, 40], [20, 40]], "hole")
    edit(folder, shapes=[hole, face])
    found, problems = answers(read_labelme, folder)
    mask = found["00007"].mask
    assert mask is not None and (mask > 0).sum() == 40 * 40 - 10 * 10
    assert problems == [
        f"{NAME} shapes.0: expected a hole after the face that it lies on, "
        "got a hole before it; taken away from the face"
    ]
