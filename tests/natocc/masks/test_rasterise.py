from __future__ import annotations

import tracemalloc

import cv2
import numpy as np
import pytest
from pycocotools import mask as coco_mask

from natocc.masks.rasterise import draw_polygons, fill_polygon
from natocc.masks.rle import decode_runs

SLOPE = [3.25, 4.5, 35.75, 7.0, 28.0, 25.5, 6.0, 20.25]


def test_a_box_covers_just_its_pixels() -> None:
    box = [2.0, 3.0, 10.0, 3.0, 10.0, 8.0, 2.0, 8.0]
    plane = draw_polygons([box], (12, 14), 1)
    inner = np.zeros((12, 14), bool)
    inner[3:8, 2:10] = True
    assert plane.shape == (12, 14) and (plane[inner] == 255).all() and plane[~inner].max() < 100
    large = draw_polygons([box], (12, 14), 4) > 191
    assert np.array_equal(large, inner.repeat(4, 0).repeat(4, 1))


@pytest.mark.parametrize("factor", [1, 4])
def test_it_agrees_with_coco_s_own_rasteriser(factor: int) -> None:
    found = draw_polygons([SLOPE], (30, 40), factor)
    reduced = cv2.resize(found, (40, 30), interpolation=cv2.INTER_AREA)
    rle = coco_mask.frPyObjects([SLOPE], 30, 40)[0]
    theirs = decode_runs(rle["counts"], (30, 40))
    assert ((reduced > 127) != (theirs > 0)).sum() <= 10
    x, y = np.array(SLOPE).reshape(-1, 2).T
    area = 0.5 * abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)))
    assert found.sum() / 255 / factor**2 == pytest.approx(area, rel=0.03)


def test_pieces_are_joined_and_overlaps_stay() -> None:
    first, second = [1.0, 1.0, 9.0, 1.0, 9.0, 9.0, 1.0, 9.0], [5.0, 5.0, 15.0, 5.0, 15.0, 15.0, 5.0, 15.0]
    both = draw_polygons([first, second], (20, 20), 2)
    assert np.array_equal(
        both, np.maximum(draw_polygons([first], (20, 20), 2), draw_polygons([second], (20, 20), 2))
    )


def test_pixels_are_inside_by_their_centres() -> None:
    square = np.array([[1.0, 1.0], [4.0, 1.0], [4.0, 3.0], [1.0, 3.0]])
    expected = np.zeros((6, 6), np.uint8)
    expected[1:3, 1:4] = 255
    assert np.array_equal(fill_polygon(square, (6, 6)), expected)
    assert np.array_equal(fill_polygon(square[::-1] + 0.4, (6, 6)), expected)
    moved = np.roll(expected, (1, 1), (0, 1))
    assert np.array_equal(fill_polygon(square + 0.6, (6, 6)), moved)


def test_corners_outside_fill_what_is_inside() -> None:
    assert (
        fill_polygon(np.array([[-50.0, -50.0], [90.0, -50.0], [90.0, 90.0], [-50.0, 90.0]]), (5, 7)) == 255
    ).all()
    assert not fill_polygon(np.array([[-9.0, -9.0], [-2.0, -9.0], [-2.0, 30.0]]), (5, 7)).any()


def test_two_corners_are_no_polygon() -> None:
    with pytest.raises(ValueError, match=r"expected at least 3 corners \(x, y\), got shape \(2, 2\)"):
        fill_polygon(np.array([[0.0, 0.0], [1.0, 1.0]]), (5, 5))


def test_a_small_polygon_in_a_large_picture_takes_little_memory() -> None:
    """A picture of 100 megapixels: a byte for each pixel of the mask, and little more."""
    tracemalloc.start()
    filled = fill_polygon(np.array([[4000.0, 4000.0], [4100.0, 4000.0], [4100.0, 4050.0]]), (10_000, 10_000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert np.count_nonzero(filled[4000:4050, 4000:4100]) == pytest.approx(2500, rel=0.05)
    assert peak < 1.1e8
