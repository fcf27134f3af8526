from __future__ import annotations

import cv2
import numpy as np
import pytest
import skimage.data

from natocc.colour.lut import Colours, apply_table, enlarge_field, grid_colours, tabulate
from natocc.geometry import Box

PICTURE = skimage.data.coffee()[:200, :200]


@pytest.mark.parametrize("size", [2, 17, 33, 65])
def test_the_grid_itself_changes_no_picture(size: int) -> None:
    assert cv2.absdiff(apply_table(PICTURE, grid_colours(size)), PICTURE).max() <= 1


@pytest.mark.parametrize("size", [17, 33])
def test_a_linear_colour_function_is_met_exactly(size: int) -> None:
    mix = np.array([[0.7, 0.2, 0.05], [0.1, 0.6, 0.2], [0.0, 0.1, 0.5]], np.float32)

    def function(colours: Colours) -> Colours:
        return colours @ mix + np.array([3, 10, 20], np.float32)

    expected = function(PICTURE.astype(np.float32))
    assert np.abs(apply_table(PICTURE, tabulate(function, size)) - expected).max() <= 1


def test_channels_keep_their_order() -> None:
    only_red = tabulate(lambda colours: colours * np.array([1, 0, 0], np.float32))
    mapped = apply_table(PICTURE, only_red)
    assert np.abs(mapped[..., 0].astype(int) - PICTURE[..., 0]).max() <= 1
    assert mapped[..., 1:].max() == 0


def test_colours_beyond_the_cube_are_clipped() -> None:
    assert apply_table(PICTURE, grid_colours(17) + 300).min() == 255
    assert apply_table(PICTURE, grid_colours(17) - 300).max() == 0


@pytest.mark.parametrize("small", [(16, 16), (256, 256), (7, 40), (1, 1)])
@pytest.mark.parametrize("box", [Box(0, 0, 90, 70), Box(31, 12, 32, 13), Box(60, 0, 90, 33)])
def test_the_box_is_that_of_the_whole(small: tuple[int, int], box: Box) -> None:
    field = np.random.default_rng(0).normal(0, 50, (*small, 3)).astype(np.float32)
    whole = cv2.resize(field, (90, 70), interpolation=cv2.INTER_LINEAR)
    out = enlarge_field(field, (70, 90), box)
    assert out.dtype == np.float32 and out.flags.c_contiguous
    np.testing.assert_allclose(out, whole[box.slices], atol=1e-3)
