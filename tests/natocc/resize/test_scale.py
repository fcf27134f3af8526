"""Pictures scaled in proportion, against OpenCV's own resizing."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from natocc.resize.scale import limit_long_side, scale_image, scaled_size
from tests.raw_trees import portrait


@pytest.mark.parametrize(
    ("size", "scale", "expected"),
    [
        ((50, 400), 0.32, (16, 128)),
        ((400, 50), 0.32, (128, 16)),
        # Halves go to the even neighbour, as Python rounds.
        ((5, 7), 0.5, (2, 4)),
        ((3, 1000), 0.1, (1, 100)),
        ((10, 20), 3.0, (30, 60)),
        ((6, 4, 3), 0.5, (3, 2)),
    ],
)
def test_both_sides_are_rounded_and_at_least_one(
    size: tuple[int, ...], scale: float, expected: tuple[int, int]
) -> None:
    assert scaled_size(size, scale) == expected


@pytest.mark.parametrize(
    ("scale", "enlarge_by", "way"),
    [
        (0.37, cv2.INTER_CUBIC, cv2.INTER_AREA),
        (1.7, cv2.INTER_CUBIC, cv2.INTER_CUBIC),
        (1.7, cv2.INTER_LINEAR, cv2.INTER_LINEAR),
    ],
)
def test_a_picture_shrinks_by_area_averages_and_grows_as_asked(
    scale: float, enlarge_by: int, way: int
) -> None:
    for picture in (portrait(90, 61), portrait(90, 61)[..., 0].astype(np.float32)):
        height, width = scaled_size(picture.shape, scale)
        found = scale_image(picture, scale, enlarge_by)
        assert found.dtype == picture.dtype
        np.testing.assert_array_equal(found, cv2.resize(picture, (width, height), interpolation=way))


@pytest.mark.parametrize("scale", [1.0, 0.999, 1.001])
def test_a_picture_whose_size_stays_is_returned_itself(scale: float) -> None:
    picture = portrait(90, 61)
    assert scale_image(picture, scale) is picture


@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 300))
def test_the_long_side_is_limited_and_never_enlarged(height: int, width: int, long_side: int) -> None:
    picture = np.zeros((height, width), np.uint8)
    found = limit_long_side(picture, long_side)
    assert max(found.shape) == min(long_side, max(height, width))
    if max(height, width) <= long_side:
        assert found is picture
