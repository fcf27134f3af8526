"""A smooth colour table from the motion of a few samples."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from natocc.colour.lut import Colours, grid_colours

_GRID = 17
# Smoothing radii in cells of the grid, and the weight of each. The wide radius only fills cells that the
# narrow one leaves empty.
_SMOOTHING = ((0.35, 1.0), (3.0, 1e-4))
_CORNERS = np.array([(b * _GRID + g) * _GRID + r for b in (0, 1) for g in (0, 1) for r in (0, 1)])
_NODES = grid_colours(_GRID)


def _kernel(radius: float) -> NDArray[np.float32]:
    axis = np.arange(_GRID)
    return np.exp(-0.5 * ((axis[:, None] - axis) / radius) ** 2).astype(np.float32)


_KERNELS = tuple((_kernel(radius), np.float32(weight)) for radius, weight in _SMOOTHING)


def fit_table(colours: Colours, motion: Colours) -> Colours:
    """A smooth (17, 17, 17, 3) table that carries ``colours`` (Nx3, 0-255) by ``motion`` (Nx3).

    Normalised convolution at two radii: near samples decide if there are any, far samples elsewhere. Colours
    without samples thus follow their neighbours.
    """
    sums = _splat(colours, motion)
    total = np.zeros_like(sums)
    for kernel, weight in _KERNELS:
        total += weight * _smooth(sums, kernel)
    mean = total[:3] / np.maximum(total[3], np.float32(1e-12))
    return np.asarray(_NODES + np.moveaxis(mean, 0, -1), dtype=np.float32)


def _splat(colours: Colours, values: Colours) -> NDArray[np.float32]:
    """Trilinear sums of the values and of 1, (4, 17, 17, 17), indexed [channel, blue, green, red]."""
    position = np.clip(colours.T[::-1], 0, 255) * np.float32((_GRID - 1) / 255)
    low = np.minimum(position.astype(np.int64), _GRID - 2)
    high = position - low
    blue, green, red = np.stack([1 - high, high], axis=1)
    weight = (blue[:, None, None] * green[:, None] * red).reshape(8, -1)
    index = ((low[0] * _GRID + low[1]) * _GRID + low[2] + _CORNERS[:, None]).reshape(-1)
    sums = [np.bincount(index, (weight * value).reshape(-1), _GRID**3) for value in values.T]
    sums.append(np.bincount(index, weight.reshape(-1), _GRID**3))
    return np.array(sums, np.float32).reshape(4, _GRID, _GRID, _GRID)


def _smooth(sums: NDArray[np.float32], kernel: NDArray[np.float32]) -> NDArray[np.float32]:
    """Separable filter of the last three axes by a symmetric kernel."""
    red = sums.reshape(-1, _GRID) @ kernel
    green = kernel @ red.reshape(4 * _GRID, _GRID, _GRID)
    blue = kernel @ green.reshape(4, _GRID, _GRID**2)
    return np.asarray(blue.reshape(sums.shape))
