"""A mask at a larger size and back again without loss."""

from __future__ import annotations

import numpy as np

from natocc.geometry import Image


def enlarge_mask(mask: Image, size: tuple[int, int]) -> Image:
    """``mask`` (uint8 HxW) at ``size`` (height, width): each new pixel has the value at its centre.

    Raises ValueError for a smaller size, which would lose pixels.
    """
    _check(mask.shape, size)
    rows, columns = (_places(new, old) for new, old in zip(size, mask.shape, strict=True))
    return mask[rows[:, None], columns[None]]


def reduce_mask(mask: Image, size: tuple[int, int]) -> Image:
    """``mask`` (uint8 HxW, non-zero inside) at a smaller ``size`` (height, width), uint8 of 0 and 255.

    A pixel is inside if at least half of the pixels that ``enlarge_mask`` would make of it are inside. This
    reverses ``enlarge_mask``. Raises ValueError for a larger size.
    """
    _check(size, mask.shape)
    rows, columns = (_places(old, new) for new, old in zip(size, mask.shape, strict=True))
    starts = [np.searchsorted(places, np.arange(places[-1] + 1)) for places in (rows, columns)]
    inside = np.add.reduceat((mask > 0).astype(np.int64), starts[0], axis=0)
    inside = np.add.reduceat(inside, starts[1], axis=1)
    whole = np.outer(np.bincount(rows), np.bincount(columns))
    return np.where(2 * inside >= whole, 255, 0).astype(np.uint8)


def _places(large: int, small: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """For each of ``large`` pixels, the index of the pixel (of ``small``) that contains its centre."""
    return ((2 * np.arange(large, dtype=np.int64) + 1) * small) // (2 * large)


def _check(small: tuple[int, ...], large: tuple[int, ...]) -> None:
    if small[0] > large[0] or small[1] > large[1]:
        raise ValueError(
            f"a mask: expected a larger size of at least {small[1]}x{small[0]}, got {large[1]}x{large[0]}"
        )
