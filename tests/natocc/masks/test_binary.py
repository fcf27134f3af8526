"""Masks of two values."""

from __future__ import annotations

import numpy as np
import pytest

from natocc.masks.binary import as_binary


@pytest.mark.parametrize("white", [1, 255])
def test_one_and_255_are_the_same(white: int) -> None:
    mask = np.array([[0, white], [white, 0]], np.uint8)
    assert as_binary(mask, "a.png").tolist() == [[0, 1], [1, 0]]


def test_an_empty_mask_stays_empty() -> None:
    assert not as_binary(np.zeros((2, 3), np.uint8), "a.png").any()


@pytest.mark.parametrize("values", [[0, 1, 255], [0, 2, 0], [0, 128, 255]])
def test_other_values_are_named(values: list[int]) -> None:
    with pytest.raises(
        ValueError, match=r"^a\.png: expected a mask of 0 and 1, or of 0 and 255, got the values 0,"
    ):
        as_binary(np.array([values], np.uint8), "a.png")
