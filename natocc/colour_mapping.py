"""A smooth mapping of colours learnt from pixels before and after: a table of colours and a drift in space.

The table is fitted by multilevel approximation (Lee, Wolberg and Shin, IEEE TVCG 1997, with trilinear
instead of cubic weights): an affine map first, then lattices of the RGB cube from coarse to fine, each
for what the coarser ones leave. Sums alone, in a fixed order: equal inputs give equal bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from natocc.colour_table import Colours, apply_table, grid_colours
from natocc.geometry import Image

# Nodes along an axis; each is twice as fine as the one before.
_LEVELS = (2, 3, 5, 9, 17, 33)
_SAMPLES = 1 << 13
# Pixels that a node and a cell of the drift need to count for half.
_NODE_PRIOR, _DRIFT_PRIOR = 4.0, 1.0
# Variance (levels squared) below which a cell's values tell nothing of a gain.
_GAIN_PRIOR = 100.0
_MIDDLE = 128.0
# Variance (of colours 0 to 1) that the affine map is held with, as a share of all pixels.
_RIDGE = 1e-4
_CELLS = 16

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drift:
    """How the change varies from place to place: ``offset + gain · (value - 128)`` in each channel.

    Both are float32 (16, 16, 3), stretched over the whole picture.
    """

    offset: Colours
    gain: Colours


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ColourMapping:
    """``table`` (33, 33, 33, 3) of RGB 0-255, indexed [blue, green, red]; ``drift`` that remains.

    A pixel's new colour is what the table gives for its old one, plus the drift at its place.
    """

    table: Colours
    drift: Drift


def fit_mapping(before: Image, after: Image, solid: NDArray[np.bool_]) -> ColourMapping:
    """The mapping that takes ``before`` to ``after`` (RGB uint8 HxWx3) where ``solid`` (HxW) is set.

    Of the two orders, table or drift first, the one counts that half of the pixels predict the other half
    better with. Colours far from any that
    were seen follow the affine map. Without a solid pixel every colour stays as it is.
    """
    rows, columns = _sample(solid)
    old = before[rows, columns].astype(np.float64)
    pixels = _Pixels(
        row=(rows + 0.5) / solid.shape[0],
        column=(columns + 0.5) / solid.shape[1],
        old=old,
        motion=after[rows, columns] - old,
    )
    # Colour and place go together in a picture, and what is fitted first takes what is in both.
    part, rest = pixels.every_other(0), pixels.every_other(1)
    errors = [_error(_fit(part, drift_first), rest) for drift_first in (False, True)]
    return _fit(pixels, drift_first=errors[1] < errors[0])


def drift_at(drift: Drift, image: Image) -> Colours:
    """The drift for every pixel of an RGB uint8 picture HxWx3, float32 of its shape."""
    size = image.shape[1], image.shape[0]
    offset, gain = (
        cv2.resize(one, size, interpolation=cv2.INTER_LINEAR) for one in (drift.offset, drift.gain)
    )
    moved = cv2.multiply(gain, image.astype(np.float32) - np.float32(_MIDDLE))
    return np.asarray(cv2.add(moved, offset), np.float32)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Pixels:
    """N pixels: place (N,) as shares of height and width, colour and its motion (N, 3) in levels."""

    row: Floats
    column: Floats
    old: Floats
    motion: Floats

    def every_other(self, first: int) -> _Pixels:
        row, column, old, motion = (one[first::2] for one in (self.row, self.column, self.old, self.motion))
        return _Pixels(row=row, column=column, old=old, motion=motion)


def _fit(pixels: _Pixels, drift_first: bool) -> ColourMapping:
    nodes = grid_colours(_LEVELS[-1])
    if not len(pixels.old):
        nothing = np.zeros((_CELLS, _CELLS, 3), np.float32)
        return ColourMapping(table=nodes, drift=Drift(offset=nothing, gain=nothing))
    if drift_first:
        drift = _fit_drift(pixels, pixels.motion)
        table, _ = _fit_table(pixels.old, pixels.motion - _drift_of(drift, pixels))
    else:
        table, in_table = _fit_table(pixels.old, pixels.motion)
        drift = _fit_drift(pixels, pixels.motion - in_table)
    return ColourMapping(table=(nodes + table).astype(np.float32), drift=drift)


def _error(mapping: ColourMapping, pixels: _Pixels) -> float:
    """Mean squared distance of pixels from where the mapping takes them."""
    if not len(pixels.old):
        return 0.0
    colours = pixels.old.astype(np.uint8)[None]
    moved = apply_table(colours, mapping.table)[0] + _drift_of(mapping.drift, pixels)
    return float(np.square(moved - pixels.old - pixels.motion).mean())


def _sample(solid: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of solid pixels, evenly thinned."""
    where = np.flatnonzero(solid)
    where = where[:: max(1, -(-len(where) // _SAMPLES))]
    rows, columns = np.divmod(where, solid.shape[1])
    return rows, columns


@dataclass(frozen=True, slots=True)
class _Corners:
    """The eight nodes about each of N colours: their places in a flat lattice and weights, both (8, N)."""

    size: int
    places: NDArray[np.int64]
    weights: Floats
    # Sum of squared weights: a node's number of pixels, so to speak.
    support: Floats


def _corners(colours: Floats, size: int) -> _Corners:
    scaled = colours * ((size - 1) / 255)
    low = np.minimum(scaled.astype(np.int64), size - 2)
    part = scaled - low
    places, weights = [], []
    for corner in range(8):
        up = np.array([corner & 1, corner >> 1 & 1, corner >> 2])
        red, green, blue = (low + up).T
        places.append((blue * size + green) * size + red)
        weights.append(np.where(up, part, 1 - part).prod(axis=1))
    flat, shares = np.stack(places), np.stack(weights)
    support = np.bincount(flat.ravel(), (shares**2).ravel(), minlength=size**3)
    return _Corners(size, flat, shares, np.asarray(support, np.float64))


def _fit_table(old: Floats, motion: Floats) -> tuple[Floats, Floats]:
    """Motions of the finest lattice's nodes, and what they are at the pixels."""
    offset, slopes = _affine(old, motion)
    at_pixels = offset + np.einsum("ni,ij->nj", old, slopes)
    table = offset + np.einsum("...i,ij->...j", grid_colours(_LEVELS[0]).astype(np.float64), slopes)
    for size in _LEVELS:
        cell = _corners(old, size)
        if table.shape[0] < cell.size:
            table = _finer(table)
        left = motion - at_pixels
        nodes = _approximate(cell, left)
        table += nodes.reshape(cell.size, cell.size, cell.size, 3)
        at_pixels += np.einsum("kn,knj->nj", cell.weights, nodes[cell.places])
    return table, at_pixels


def _affine(old: Floats, motion: Floats) -> tuple[Floats, Floats]:
    """Offset (3,) and slopes (3, 3) of a ridge regression towards no motion of the differences."""
    middle, shift = old.mean(axis=0), motion.mean(axis=0)
    off = old - middle
    # Not a matrix product: those of BLAS depend on the number of threads.
    spread = np.einsum("ni,nj->ij", off, off) + _RIDGE * 255**2 * len(old) * np.eye(3)
    slopes = np.linalg.solve(spread, np.einsum("ni,nj->ij", off, motion - shift))
    return shift - np.einsum("i,ij->j", middle, slopes), slopes


def _approximate(cell: _Corners, left: Floats) -> Floats:
    """Motions (size^3, 3) of one lattice's nodes for what is ``left`` (N, 3)."""
    # Each pixel asks its eight nodes for what they would have to give, the nearest for the most.
    asked = cell.weights**3 / (cell.weights**2).sum(axis=0)
    places, count = cell.places.ravel(), cell.size**3
    sums = [np.bincount(places, (asked * left[:, i]).ravel(), minlength=count) for i in range(3)]
    return np.stack(sums, axis=1) / (cell.support + _NODE_PRIOR)[:, None]


def _finer(table: Floats) -> Floats:
    """The same linear function on a lattice twice as fine."""
    for axis in range(3):
        swapped = np.moveaxis(table, axis, 0)
        fine = np.empty((2 * len(swapped) - 1, *swapped.shape[1:]))
        fine[::2], fine[1::2] = swapped, (swapped[1:] + swapped[:-1]) / 2
        table = np.moveaxis(fine, 0, axis)
    return np.ascontiguousarray(table)


def _fit_drift(pixels: _Pixels, left: Floats) -> Drift:
    """The drift for what is ``left`` (N, 3): a ridge regression in each cell and those about it."""
    row, column = (
        np.minimum((place * _CELLS).astype(np.int64), _CELLS - 1) for place in (pixels.row, pixels.column)
    )
    cells, value = row * _CELLS + column, pixels.old - _MIDDLE
    count = _gather(cells, np.ones((len(value), 1))) + _DRIFT_PRIOR
    mean_value, mean_left = _gather(cells, value) / count, _gather(cells, left) / count
    variance = _gather(cells, value * value) / count - mean_value**2 + _GAIN_PRIOR
    gain = (_gather(cells, value * left) / count - mean_value * mean_left) / variance
    offset = mean_left - gain * mean_value
    return Drift(offset=offset.astype(np.float32), gain=gain.astype(np.float32))


def _drift_of(drift: Drift, pixels: _Pixels) -> Floats:
    """What the drift (stretched as by ``drift_at``) is at pixels, (N, 3)."""
    x, y = ((place * _CELLS - 0.5).astype(np.float32)[:, None] for place in (pixels.column, pixels.row))
    offset, gain = (
        np.asarray(cv2.remap(one, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))[:, 0]
        for one in (drift.offset, drift.gain)
    )
    return np.asarray(offset + gain * (pixels.old - _MIDDLE), np.float64)


def _gather(cells: NDArray[np.int64], values: Floats) -> Floats:
    """Sums of values (N, 3) over each cell and those about it, (16, 16, 3); of (N, 1), (16, 16, 1)."""
    sums = [np.bincount(cells, plane, minlength=_CELLS**2).reshape(_CELLS, _CELLS) for plane in values.T]
    blurred = [cv2.GaussianBlur(one, (7, 7), 1.0, borderType=cv2.BORDER_CONSTANT) for one in sums]
    return np.asarray(np.stack(blurred, axis=-1), np.float64)
