from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from natocc.masks.scaling import enlarge_mask, reduce_mask


@given(
    st.integers(1, 40), st.integers(1, 40), st.integers(0, 60), st.integers(0, 60), st.integers(0, 2**32 - 1)
)
def test_enlarged_and_reduced_is_the_mask_itself(
    height: int, width: int, more: int, wider: int, seed: int
) -> None:
    mask = (np.random.default_rng(seed).integers(0, 2, (height, width)) * 255).astype(np.uint8)
    large = enlarge_mask(mask, (height + more, width + wider))
    assert large.shape == (height + more, width + wider)
    assert np.array_equal(reduce_mask(large, (height, width)), mask)


def test_twice_the_size_is_four_pixels_for_one() -> None:
    mask = np.array([[0, 255], [255, 0]], np.uint8)
    assert np.array_equal(enlarge_mask(mask, (4, 4)), np.kron(mask, np.ones((2, 2), np.uint8)))


def test_half_of_the_pixels_decide() -> None:
    large = np.zeros((2, 4), np.uint8)
    large[0, :2] = large[0, 2] = 1
    assert reduce_mask(large, (1, 2)).tolist() == [[255, 0]]


def test_the_wrong_way_round_is_refused() -> None:
    mask = np.zeros((4, 4), np.uint8)
    with pytest.raises(ValueError, match="expected a larger size of at least 4x4, got 8x2"):
        enlarge_mask(mask, (2, 8))
    with pytest.raises(ValueError, match="expected a larger size of at least 5x5, got 4x4"):
        reduce_mask(mask, (5, 5))
