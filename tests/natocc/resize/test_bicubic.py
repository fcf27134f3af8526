"""The reduction that GLEAN is trained with, against the formula read pixel by pixel."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from natocc.resize.bicubic import bicubic_weights, resize_bicubic
from tests.raw_trees import portrait


def _cubic(x: float) -> float:
    x = abs(x)
    if x <= 1:
        return 1.5 * x**3 - 2.5 * x**2 + 1
    return -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2 if x <= 2 else 0.0


def _line(values: NDArray[np.float64], after: int) -> NDArray[np.float64]:
    """One line of pixels, one new pixel after the other, over all old pixels and their mirror images."""
    before = len(values)
    scale = after / before
    shrink = min(scale, 1.0)
    mirrored = {place: values[place] for place in range(before)}
    for beyond in range(8 * before):
        period = beyond % (2 * before)
        inside = period if period < before else 2 * before - 1 - period
        mirrored[before + beyond] = values[before - 1 - inside]
        mirrored[-1 - beyond] = values[inside]
    result = np.empty(after)
    for index in range(after):
        # Places counted from 1, as in MATLAB.
        centre = (index + 1) / scale + 0.5 * (1 - 1 / scale) - 1
        first, last = math.floor(centre - 2 / shrink) - 1, math.ceil(centre + 2 / shrink) + 1
        taken = range(max(first, -8 * before), min(last, 9 * before - 1) + 1)
        weights = [shrink * _cubic(shrink * (centre - place)) for place in taken]
        total = sum(w * mirrored[place] for w, place in zip(weights, taken, strict=True))
        result[index] = total / sum(weights)
    return result


@given(before=st.integers(1, 40), after=st.integers(1, 40), seed=st.integers(0, 99))
def test_it_is_the_formula(before: int, after: int, seed: int) -> None:
    values = np.random.default_rng(seed).uniform(0, 255, before)
    assert bicubic_weights(before, after) @ values == pytest.approx(_line(values, after), abs=1e-9)


def test_halving_has_the_known_weights() -> None:
    row = bicubic_weights(16, 8)[[3]].toarray()[0]
    known = np.array([-3, -9, 29, 111, 111, 29, -9, -3]) / 256
    assert row[3:11] == pytest.approx(known, abs=1e-12) and np.abs(row).sum() == pytest.approx(
        np.abs(known).sum()
    )


@given(before=st.integers(1, 60), after=st.integers(1, 60))
def test_weights_sum_to_one_and_are_symmetric(before: int, after: int) -> None:
    weights = bicubic_weights(before, after).toarray()
    assert weights.sum(1) == pytest.approx(np.ones(after))
    assert weights == pytest.approx(weights[::-1, ::-1], abs=1e-9)


def test_a_picture_goes_both_ways_as_its_lines_do() -> None:
    picture = portrait(37, 50)
    tall = np.stack([[_line(picture[:, x, c].astype(float), 12) for x in range(50)] for c in range(3)])
    wide = np.stack([[_line(tall[c, :, y], 21) for y in range(12)] for c in range(3)])
    assert np.array_equal(resize_bicubic(picture, 12, 21), np.clip(np.rint(wide), 0, 255).transpose(1, 2, 0))


def test_flat_pictures_stay_flat_and_equal_sizes_change_nothing() -> None:
    flat = np.full((33, 20, 3), 77, np.uint8)
    assert (resize_bicubic(flat, 7, 50) == 77).all()
    picture = portrait(20, 30)
    assert np.array_equal(resize_bicubic(picture, 20, 30), picture)
    assert np.array_equal(resize_bicubic(picture[:1, :1], 4, 4), np.broadcast_to(picture[:1, :1], (4, 4, 3)))


def test_fine_stripes_turn_grey_and_not_into_coarse_ones() -> None:
    stripes = np.zeros((64, 64, 3), np.uint8)
    stripes[:, ::2] = 255
    small = resize_bicubic(stripes, 21, 21)[2:-2, 2:-2].astype(int)
    assert np.abs(small - 127.5).max() < 8


def test_sizes_of_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match=r"expected sizes of at least 1, got \(4, 4, 3\) to 0x4"):
        resize_bicubic(np.zeros((4, 4, 3), np.uint8), 0, 4)
