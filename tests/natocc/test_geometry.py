from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from natocc.geometry import (
    Box,
    covered_box,
    largest_stretch,
    mask_box,
    resizing,
    rotation,
    scaling,
    shearing,
    transform_points,
    translation,
)

ANGLES = st.floats(-720, 720)
SMALL = st.floats(-8, 8)
SCALES = st.floats(0.05, 8)
INTEGERS = st.integers(-40, 140)


@given(ANGLES, SMALL, SMALL, SCALES, SCALES)
def test_a_product_of_matrices_is_one_map_after_another(
    angle: float, shear_x: float, shear_y: float, scale_x: float, scale_y: float
) -> None:
    points = np.array([[0.0, 0.0], [3.0, -7.0], [100.0, 41.0]])
    steps = [scaling(scale_x, scale_y), shearing(shear_x, shear_y), rotation(angle), translation(5, -9)]
    one_by_one = points
    for step in steps:
        one_by_one = transform_points(one_by_one, step)
    at_once = transform_points(points, steps[3] @ steps[2] @ steps[1] @ steps[0])
    assert np.allclose(at_once, one_by_one, atol=1e-9)


def test_a_quarter_turn_is_counter_clockwise_on_screen() -> None:
    right = np.array([[1.0, 0.0]])
    assert np.allclose(transform_points(right, rotation(90)), [[0, -1]]), "right becomes up"


@given(ANGLES, SCALES)
def test_rotation_keeps_lengths_and_scaling_multiplies_them(angle: float, scale: float) -> None:
    assert largest_stretch(rotation(angle)) == pytest.approx(1)
    assert largest_stretch(rotation(angle) @ scaling(scale, scale / 2)) == pytest.approx(scale)


def test_resizing_maps_pixels_as_an_image_resize_does() -> None:
    ramp = np.tile(np.arange(64, dtype=np.float32), (4, 1))
    half = cv2.resize(ramp, (32, 2), interpolation=cv2.INTER_AREA)
    at = transform_points(np.stack([np.arange(64.0), np.zeros(64)], axis=1), resizing(0.5, 0.5))[:, 0]
    assert np.allclose(np.interp(np.arange(32), at, np.arange(64)), half[0])


@given(INTEGERS, INTEGERS, st.integers(0, 60), st.integers(0, 60), st.integers(0, 50))
def test_a_grown_box_holds_the_old_one_and_stays_on_the_canvas(
    x: int, y: int, width: int, height: int, margin: int
) -> None:
    canvas = (90, 100)
    old = Box(x, y, x + width, y + height)
    grown = old.grow(margin, canvas)
    assert 0 <= grown.x0 <= 100 and 0 <= grown.x1 <= 100 and 0 <= grown.y0 <= 90 and 0 <= grown.y1 <= 90
    before, after = np.zeros((2, *canvas), bool)
    before[max(y, 0) : max(y + height, 0), max(x, 0) : max(x + width, 0)] = True
    after[grown.slices] = True
    assert not (before & ~after).any()


def test_the_box_of_a_mask_is_tight_and_that_of_an_empty_mask_is_empty() -> None:
    mask = np.zeros((40, 50), np.uint8)
    assert mask_box(mask).empty
    mask[7, 12] = mask[30, 20] = 1
    assert mask_box(mask) == Box(12, 7, 21, 31)
    assert mask_box(mask > 0) == Box(12, 7, 21, 31)


@given(st.integers(1, 80), st.integers(1, 80), ANGLES, st.floats(0.02, 4), INTEGERS, INTEGERS)
def test_a_warped_picture_and_its_soft_edge_lie_in_the_covered_box(
    height: int, width: int, angle: float, scale: float, x: int, y: int
) -> None:
    matrix = translation(x, y) @ rotation(angle) @ scaling(scale, scale)
    canvas = (90, 100)
    source = np.full((height, width), 255, np.uint8)
    drawn = cv2.warpAffine(source, matrix[:2], canvas[::-1], flags=cv2.INTER_LINEAR)
    soft = cv2.GaussianBlur(drawn, (5, 5), 0)
    box = covered_box((height, width), matrix, canvas)
    soft[box.slices] = 0
    assert soft.max() == 0
