from __future__ import annotations

import numpy as np
import pytest

from assets.problems import BadInput, Problem
from assets.review.index import ReviewFace
from assets.review.shapes import DrawnShape, bitmap_shape, label_of, paint_shapes, polygon_shape
from natocc.geometry import Image

# An image of 40x20 whose mask is half as large.
FACE = ReviewFace(
    order=1,
    id="0",
    source="0.jpg",
    score=None,
    image="images/0.jpg",
    image_sha256="",
    image_size=(20, 40),
    mask_sha256="",
    mask_pixels="",
    returned_pixels="",
    mask_size=(10, 20),
    corrected_sha256=None,
)


def test_a_polygon_is_drawn_at_the_mask_s_size() -> None:
    drawn = polygon_shape(np.array([(4.0, 4.0), (12, 4), (12, 8), (4, 8)]), FACE)
    rows, columns = np.nonzero(drawn)
    assert drawn.shape == (10, 20) and len(rows) == 4 * 2
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (2, 3, 2, 5)


def shape(label: str, x: float, y: float, width: float, height: float, z: float = 0.0) -> DrawnShape:
    """A box in pixels of the image."""
    corners = np.array([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], np.float64)
    return DrawnShape(label=label, pixels=polygon_shape(corners, FACE), place=f"{label} {x:g}", z=z)


def composed(*shapes: DrawnShape) -> tuple[Image, list[str]]:
    problems: list[Problem] = []
    mask = paint_shapes(shapes, FACE, problems.append)
    assert all(problem.action == "noted" for problem in problems)
    return mask, [f"{problem.path}: {problem.got}" for problem in problems]


WHOLE, LEFT = shape("face", 0, 0, 40, 20), shape("face", 0, 0, 20, 20)
HOLE, ISLAND = shape("hole", 10, 4, 20, 12), shape("face", 16, 8, 4, 4)
MOVED = "hole 10: a hole before it; taken away from the face"


def test_later_shapes_lie_on_earlier_ones() -> None:
    mask, said = composed(WHOLE, HOLE, ISLAND)
    assert said == [] and (mask > 0).sum() == 200 - 60 + 4
    assert set(np.unique(mask)) == {0, 255}


def test_a_hole_before_its_faces_is_taken_away_from_them_all() -> None:
    after, _ = composed(WHOLE, HOLE)
    mask, said = composed(HOLE, WHOLE)
    assert np.array_equal(mask, after) and said == [MOVED]
    right = shape("face", 20, 0, 20, 20)
    mask, said = composed(HOLE, LEFT, right)
    assert np.array_equal(mask, after) and said == [MOVED]


def test_a_face_within_a_hole_stays_wherever_the_outer_face_stands() -> None:
    expected, _ = composed(WHOLE, HOLE, ISLAND)
    mask, said = composed(HOLE, ISLAND, WHOLE)
    assert np.array_equal(mask, expected) and said == [MOVED]


def test_a_hole_with_an_effect_keeps_its_place_in_the_order() -> None:
    mask, said = composed(LEFT, HOLE, shape("face", 20, 0, 20, 20))
    assert said == [] and (mask > 0).sum() == 200 - 30


def test_what_changes_no_pixel_is_said() -> None:
    assert composed(WHOLE, ISLAND)[1] == ["face 16: a face that changes no pixel"]
    assert composed(LEFT, shape("hole", 30, 4, 4, 4))[1] == ["hole 30: a hole that changes no pixel"]
    assert composed(WHOLE, HOLE, shape("face", 8, 2, 26, 16))[1] == [
        "hole 10: a hole that a later face covers"
    ]


def test_stated_heights_decide_alone() -> None:
    over, under = shape("hole", 10, 4, 20, 12, z=2), shape("hole", 10, 4, 20, 12, z=-1)
    assert (composed(over, WHOLE)[0] > 0).sum() == 140
    mask, said = composed(under, WHOLE)
    assert (mask > 0).all() and said == ["hole 10: a hole that changes no pixel"]


def test_a_bitmap_has_the_image_s_size() -> None:
    bitmap = np.zeros(FACE.image_size, np.uint8)
    bitmap[:10] = 255
    assert (bitmap_shape(bitmap, FACE)[:5] > 0).all() and not bitmap_shape(bitmap, FACE)[5:].any()
    with pytest.raises(BadInput, match="the image's size 40x20, got 20x10"):
        bitmap_shape(np.zeros((10, 20), np.uint8), FACE)


def test_labels_in_any_case_and_others_refused() -> None:
    assert [label_of(name) for name in ("face", " Face ", "HOLE", "background", "occluder")] == [
        *["face"] * 2,
        *["hole"] * 3,
    ]
    with pytest.raises(BadInput, match=r"^expected the label face or hole, got 'hair'$"):
        label_of("hair")
