"""Resampling against SciPy's, one line and one column at a time and as a plain convolution."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import signal

from models.stylegan2.upfirdn import Smooth, smooth_kernel, upfirdn


@pytest.mark.parametrize(("up", "down"), [(1, 1), (2, 1), (1, 2), (2, 3), (3, 2)])
def test_it_is_scipys_upfirdn_both_ways(up: int, down: int) -> None:
    generator = np.random.default_rng(0)
    rows, columns = generator.normal(size=3), generator.normal(size=3)
    images = generator.normal(size=(2, 3, 7, 9))
    expected = signal.upfirdn(columns, images, up=up, down=down, axis=3)
    expected = signal.upfirdn(rows, expected, up=up, down=down, axis=2)
    # SciPy gives every sum that has a term: as many noughts on each side as taps but one.
    after = 2 - (up - 1)
    got = upfirdn(
        torch.from_numpy(images), torch.from_numpy(np.outer(rows, columns)), up=up, down=down, pad=(2, after)
    )
    assert np.allclose(got.numpy(), expected)


@pytest.mark.parametrize("pad", [(0, 0), (1, 1), (2, 1), (-1, -2), (-1, -1)])
def test_padding_is_noughts_and_cuts_where_negative(pad: tuple[int, int]) -> None:
    generator = np.random.default_rng(1)
    image, kernel = generator.normal(size=(8, 8)), generator.normal(size=(4, 4))
    before, after = pad
    padded = np.pad(image, (max(before, 0), max(after, 0)))
    padded = padded[max(-before, 0) :, max(-before, 0) :]
    if after < 0:
        padded = padded[:after, :after]
    expected = signal.convolve2d(padded, kernel, mode="valid")
    got = upfirdn(torch.from_numpy(image)[None, None], torch.from_numpy(kernel), pad=pad)
    assert np.allclose(got[0, 0].numpy(), expected)


def test_enlarging_keeps_a_flat_picture_flat_inside() -> None:
    kernel = smooth_kernel(2)
    assert kernel.sum() == 4 and torch.equal(kernel, kernel.T)
    assert torch.equal(kernel[1, :] * 64 / 12, torch.tensor([1.0, 3.0, 3.0, 1.0]))
    large = Smooth(up=2, pad=(2, 1))(torch.ones(1, 3, 6, 5))
    assert large.shape == (1, 3, 12, 10)
    assert torch.allclose(large[..., 1:-1, 1:-1], torch.ones(1))
