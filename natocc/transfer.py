"""Colour transfer by sliced optimal transport between mask pixels (paper section 3.2.1).

The paper moves every pixel of two rectangles, black background included. Here samples of the
occluder's and the face's own pixels are moved, and the motion is carried to all pixels by a smooth
colour table: closer to the face's colours, free of constant highlights, and independent of size.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import PCG64, Generator
from numpy.typing import NDArray

from natocc.colour_table import Colours, apply_table, grid_colours
from natocc.geometry import Image
from natocc.randomness import draw_seed

_GRID = 33
_SAMPLES = 4096
_STEPS = 8
# Smoothing radii in grid cells, and the weight of each: wide ones only fill what narrow ones leave empty.
_SMOOTHING = ((1.0, 1.0), (3.0, 1e-3), (12.0, 1e-6))


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """``strength`` 0 leaves the occluder as it is, 1 gives it the face's colours in full."""

    strength: float
    seed: int  # of the sample positions and directions


def draw_transfer(rng: Generator, strength: float) -> Transfer:
    return Transfer(strength=strength, seed=draw_seed(rng))


def transfer_colours(
    occluder: Image, occluder_mask: Image, face: Image, face_mask: Image, params: Transfer
) -> Image:
    """The occluder (RGB uint8) with the colours of the face.

    Colours are taken where the masks (uint8 HxW) exceed 127. Raises ValueError if one has no such
    pixel.
    """
    rng = Generator(PCG64(params.seed))
    source = sample_pixels(occluder, occluder_mask, rng)
    target = sample_pixels(face, face_mask, rng)
    moved = sliced_transport(source, target, draw_directions(rng))
    table = fit_table(source, (moved - source) * np.float32(params.strength))
    return apply_table(occluder, table)


def sample_pixels(image: Image, mask: Image, rng: Generator, count: int = _SAMPLES) -> Colours:
    """``count`` colours (count x 3, 0-255), evenly spaced over the mask's pixels in raster order."""
    where = np.flatnonzero(mask.reshape(-1) > 127)
    if where.size == 0:
        raise ValueError("colour transfer: expected a mask with pixels above 127, got an empty one")
    picks = ((np.arange(count) + rng.random()) * (where.size / count)).astype(np.int64)
    return image.reshape(-1, 3)[where[picks]].astype(np.float32)


def draw_directions(rng: Generator, steps: int = _STEPS) -> NDArray[np.float32]:
    """``steps`` random orthonormal bases of colour space, (steps, 3, 3)."""
    bases, _ = np.linalg.qr(rng.standard_normal((steps, 3, 3)))
    return bases.astype(np.float32)


def sliced_transport(source: Colours, target: Colours, directions: NDArray[np.float32]) -> Colours:
    """Move ``source`` (Nx3) onto ``target`` (Nx3): along each basis, match sorted projections."""
    moved, goal = np.ascontiguousarray(source.T), np.ascontiguousarray(target.T)
    for basis in directions:
        projected = basis @ moved
        order = np.argsort(projected, axis=1)
        np.put_along_axis(projected, order, np.sort(basis @ goal, axis=1), axis=1)
        moved = basis.T @ projected
    return np.asarray(moved.T, dtype=np.float32)


def fit_table(colours: Colours, motion: Colours) -> Colours:
    """A smooth (33, 33, 33, 3) table that carries ``colours`` (Nx3, 0-255) by ``motion`` (Nx3).

    Normalised convolution at several radii: near samples decide where there are any, far ones
    elsewhere, so that colours without samples follow their neighbours.
    """
    sums = _splat(colours, np.concatenate([motion, np.ones((len(motion), 1), np.float32)], axis=1))
    total = np.zeros_like(sums)
    for radius, weight in _SMOOTHING:
        total += np.float32(weight) * _smooth(sums, radius)
    mean = total[..., :3] / np.maximum(total[..., 3:], np.float32(1e-12))
    return np.asarray(grid_colours(_GRID) + mean, dtype=np.float32)


def _splat(colours: Colours, values: Colours) -> Colours:
    """Trilinear sums of the values (NxC) on the grid, (33, 33, 33, C), indexed [blue, green, red]."""
    position = colours[:, ::-1] * np.float32((_GRID - 1) / 255)
    low = np.clip(position.astype(np.int64), 0, _GRID - 2)
    part = position - low
    sums = np.zeros((_GRID**3, values.shape[1]), np.float32)
    strides = np.array([_GRID**2, _GRID, 1])
    for corner in np.ndindex(2, 2, 2):
        step = np.array(corner)
        weight = np.prod(np.where(step, part, 1 - part), axis=1)
        index = (low + step) @ strides
        for channel in range(values.shape[1]):
            sums[:, channel] += np.bincount(index, weight * values[:, channel], _GRID**3).astype(np.float32)
    return sums.reshape(_GRID, _GRID, _GRID, -1)


def _smooth(grid: Colours, radius: float) -> Colours:
    """Separable Gaussian of the first three axes."""
    axis = np.arange(_GRID, dtype=np.float32)
    kernel = np.exp(-0.5 * ((axis[:, None] - axis) / np.float32(radius)) ** 2)
    for _ in range(3):
        grid = np.moveaxis(np.tensordot(kernel, grid, axes=1), 0, 2)
    return grid
