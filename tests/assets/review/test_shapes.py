from __future__ import annotations

import numpy as np
import pytest

from assets.problems import BadInput
from assets.review.index import FACE_LABEL, HOLE_LABEL, ReviewFace
from assets.review.shapes import bitmap_shape, check_label, new_mask, paint, polygon_shape

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
    shape = polygon_shape([(4, 4), (12, 4), (12, 8), (4, 8)], FACE)
    rows, columns = np.nonzero(shape)
    assert shape.shape == (10, 20) and len(rows) == 4 * 2
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (2, 3, 2, 5)


def test_corners_may_slip_a_twentieth_of_the_long_side_and_no_more() -> None:
    assert polygon_shape([(-2, -2), (42, -2), (42, 22), (-2, 22)], FACE).all()
    with pytest.raises(BadInput, match=r"points on the image of 40x20, got \(42.1, 0\), far outside"):
        polygon_shape([(0, 0), (42.1, 0), (0, 20)], FACE)
    with pytest.raises(BadInput, match="a polygon of at least 3 points, got 2"):
        polygon_shape([(0, 0), (5, 5)], FACE)


def test_later_shapes_lie_on_earlier_ones() -> None:
    mask, everything = new_mask(FACE), np.ones(FACE.mask_size, np.uint8)
    middle = polygon_shape([(10, 5), (30, 5), (30, 15), (10, 15)], FACE)
    paint(mask, FACE_LABEL, everything)
    paint(mask, HOLE_LABEL, middle)
    assert set(np.unique(mask)) == {0, 255} and ((mask == 0) == (middle > 0)).all()
    paint(mask, FACE_LABEL, middle)
    assert (mask == 255).all()


def test_a_bitmap_has_the_image_s_size() -> None:
    bitmap = np.zeros(FACE.image_size, np.uint8)
    bitmap[:10] = 255
    assert (bitmap_shape(bitmap, FACE)[:5] > 0).all() and not bitmap_shape(bitmap, FACE)[5:].any()
    with pytest.raises(BadInput, match="the image's size 40x20, got 20x10"):
        bitmap_shape(np.zeros((10, 20), np.uint8), FACE)


def test_other_labels_are_refused() -> None:
    check_label(FACE_LABEL)
    check_label(HOLE_LABEL)
    with pytest.raises(BadInput, match=r"^expected the label face or hole, got 'hair'$"):
        check_label("hair")
