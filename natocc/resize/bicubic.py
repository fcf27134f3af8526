"""Resize pictures like MATLAB's ``imresize``: bicubic, with anti-aliasing when they shrink."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from natocc.geometry import Image

_A = -0.5
# Width of the kernel in pixels if the picture does not shrink.
_WIDTH = 4


def resize_bicubic(image: Image, height: int, width: int) -> Image:
    """RGB uint8 HxWx3 at ``height`` x ``width``, computed in float64 and rounded once at the end.

    Raises ValueError for an empty picture or size.
    """
    if min(height, width, *image.shape) < 1:
        raise ValueError(f"image: expected sizes of at least 1, got {image.shape} to {height}x{width}")
    steps = sorted(((height / image.shape[0], 0, height), (width / image.shape[1], 1, width)))
    values: NDArray[np.float64] = image.astype(np.float64)
    # The smaller factor comes first, as in MATLAB; this costs least.
    for _, axis, after in steps:
        values = _along(values, axis, after)
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def _along(values: NDArray[np.float64], axis: int, after: int) -> NDArray[np.float64]:
    before = values.shape[axis]
    if before == after:
        return values
    lines = np.moveaxis(values, axis, 0)
    mixed = bicubic_weights(before, after) @ lines.reshape(before, -1)
    return cast(NDArray[np.float64], np.moveaxis(mixed.reshape(after, *lines.shape[1:]), 0, axis))


@lru_cache(maxsize=64)
def bicubic_weights(before: int, after: int) -> csr_matrix:
    """(after, before): each new pixel as a weighted mean of old ones; rows sum to 1.

    New pixel i lies at (i + 1/2) before / after - 1/2. The kernel is Keys' (1981) with a = -1/2. If the
    picture shrinks, the kernel is widened by the same factor, which prevents aliasing. Beyond the border the
    picture is mirrored, the border pixel included.
    """
    shrink = min(1.0, after / before)
    reach = _WIDTH / shrink
    centres = (np.arange(after) + 0.5) * (before / after) - 0.5
    places = np.floor(centres - reach / 2).astype(np.int64)[:, None] + np.arange(math.ceil(reach) + 2)
    weights = _kernel((centres[:, None] - places) * shrink)
    weights /= weights.sum(axis=1, keepdims=True)
    places %= 2 * before
    places = np.where(places < before, places, 2 * before - 1 - places)
    rows = np.broadcast_to(np.arange(after)[:, None], places.shape)
    return csr_matrix((weights.ravel(), (rows.ravel(), places.ravel())), shape=(after, before))


def _kernel(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    x = np.abs(distance)
    near = (_A + 2) * x**3 - (_A + 3) * x**2 + 1
    far = _A * (x**3 - 5 * x**2 + 8 * x - 4)
    return np.where(x <= 1, near, np.where(x < 2, far, 0.0))
