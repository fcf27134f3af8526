"""A smooth mapping of colours fitted to pixels before and after: a table of colours and a drift in space.

All sums run in a fixed order, so equal inputs give equal bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from natocc.colour.lattice import LEVELS, Cells, Motions, NodeWeights, find_cells, fit_motions
from natocc.colour.lut import Colours, enlarge_field, grid_colours
from natocc.geometry import Box, Float64Array, Image

# About this many pixels are fitted.
_SAMPLES = 1 << 13
# With this many pixels a cell of the drift takes half of its residual.
_DRIFT_PRIOR = 1.0
# Variance (levels squared) of a cell's values at which its gain is halved.
_GAIN_PRIOR = 100.0
_MIDDLE = 128.0
_CELLS = 16
# The orders are tried on one half of the pixels and compared on the other.
_KNOWN, _HELD_OUT, _ALL = slice(0, None, 2), slice(1, None, 2), slice(None)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drift:
    """The change as a function of position: ``offset + gain · (value - 128)`` in each channel.

    Both are float32 (16, 16, 3), stretched over the whole picture.
    """

    offset: Colours
    gain: Colours


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ColourMapping:
    """``table`` (33, 33, 33, 3) of RGB 0-255, indexed [blue, green, red], and the ``drift`` on top of it.

    A pixel's new colour is the table's for its old one, plus the drift at its place.
    """

    table: Colours
    drift: Drift


def fit_mapping(before: Image, after: Image, solid: NDArray[np.bool_]) -> ColourMapping:
    """The mapping that takes ``before`` to ``after`` (RGB uint8 HxWx3) where ``solid`` (HxW) is set.

    Table and drift are fitted one after the other. Both orders are tried: one half of the pixels predicts the
    other half, and the order with the smaller error is used. Colours far from all fitted colours follow the
    affine map. Without a solid pixel every colour stays as it is.
    """
    rows, columns = _sample(solid)
    nodes = grid_colours(LEVELS[-1])
    if not len(rows):
        nothing = np.zeros((_CELLS, _CELLS, 3), np.float32)
        return ColourMapping(table=nodes, drift=Drift(offset=nothing, gain=nothing))
    old = before[rows, columns].astype(np.float64)
    pixels = _Pixels(
        row=(rows + 0.5) / solid.shape[0],
        column=(columns + 0.5) / solid.shape[1],
        old=old,
        motion=after[rows, columns] - old,
        lattices=[find_cells(old, size) for size in LEVELS],
    )
    # Colour and place are correlated in a picture; the first fit explains their common part.
    half, whole = ([cells.weights_at(which) for cells in pixels.lattices] for which in (_KNOWN, _ALL))
    table_first, drift_first = (_fit(pixels, half, order).error(pixels, _HELD_OUT) for order in (False, True))
    fit = _fit(pixels, whole, drift_first=drift_first < table_first)
    return ColourMapping(table=(nodes + fit.motions.table()).astype(np.float32), drift=fit.drift)


def drift_at(drift: Drift, image: Image, box: Box | None = None) -> Colours:
    """The drift for every pixel of an RGB uint8 picture HxWx3, or of a box in it, float32 of its shape."""
    box = box or Box(0, 0, image.shape[1], image.shape[0])
    offset, gain = (
        enlarge_field(plane, (image.shape[0], image.shape[1]), box) for plane in (drift.offset, drift.gain)
    )
    values = image[box.slices].astype(np.float32) - np.float32(_MIDDLE)
    return np.asarray(cv2.add(cv2.multiply(gain, values), offset), np.float32)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Pixels:
    """N pixels: place (N,) as shares of height and width, colour and its motion (N, 3) in levels."""

    row: Float64Array
    column: Float64Array
    old: Float64Array
    motion: Float64Array
    # The colours' cells at each of LEVELS.
    lattices: list[Cells]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Fit:
    """Motions of colours and drift; ``in_table`` and ``in_drift`` are their values at all pixels, (N, 3)."""

    motions: Motions
    drift: Drift
    in_table: Float64Array
    in_drift: Float64Array

    def error(self, pixels: _Pixels, which: slice) -> float:
        """Mean squared distance of the pixels ``which`` from the mapping's colours."""
        moved = np.clip(pixels.old + self.in_table, 0, 255) + self.in_drift
        off = (moved - pixels.old - pixels.motion)[which]
        return float(np.square(off).mean()) if len(off) else 0.0


def _fit(pixels: _Pixels, weights: Sequence[NodeWeights], drift_first: bool) -> _Fit:
    known, residual = weights[0].which, pixels.motion
    if drift_first:
        drift = _fit_drift(pixels, residual, known)
        in_drift = _drift_of(drift, pixels)
        residual = residual - in_drift
    motions, in_table = fit_motions(pixels.old, residual, pixels.lattices, weights)
    if not drift_first:
        drift = _fit_drift(pixels, residual - in_table, known)
        in_drift = _drift_of(drift, pixels)
    return _Fit(motions=motions, drift=drift, in_table=in_table, in_drift=in_drift)


def _sample(solid: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of solid pixels, evenly thinned."""
    where = np.flatnonzero(solid)
    where = where[:: max(1, -(-len(where) // _SAMPLES))]
    rows, columns = np.divmod(where, solid.shape[1])
    return rows, columns


def _fit_drift(pixels: _Pixels, residual: Float64Array, known: slice) -> Drift:
    """The drift for the ``residual`` (N, 3) of known pixels: a ridge regression in each cell's window."""
    row, column = (
        np.minimum((place[known] * _CELLS).astype(np.int64), _CELLS - 1)
        for place in (pixels.row, pixels.column)
    )
    cells, value, left = row * _CELLS + column, pixels.old[known] - _MIDDLE, residual[known]
    count = _gather(cells, np.ones((len(value), 1))) + _DRIFT_PRIOR
    mean_value, mean_left = _gather(cells, value) / count, _gather(cells, left) / count
    variance = _gather(cells, value * value) / count - mean_value**2 + _GAIN_PRIOR
    gain = (_gather(cells, value * left) / count - mean_value * mean_left) / variance
    offset = mean_left - gain * mean_value
    return Drift(offset=offset.astype(np.float32), gain=gain.astype(np.float32))


def _drift_of(drift: Drift, pixels: _Pixels) -> Float64Array:
    """The drift, stretched as by ``drift_at``, at the pixels, (N, 3)."""
    x, y = ((place * _CELLS - 0.5).astype(np.float32)[:, None] for place in (pixels.column, pixels.row))
    offset, gain = (
        np.asarray(cv2.remap(plane, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))[:, 0]
        for plane in (drift.offset, drift.gain)
    )
    return np.asarray(offset + gain * (pixels.old - _MIDDLE), np.float64)


def _gather(cells: NDArray[np.int64], values: Float64Array) -> Float64Array:
    """Sums of values (N, C) over a Gaussian window of 7x7 cells about each cell, (16, 16, C)."""
    sums = [np.bincount(cells, plane, minlength=_CELLS**2).reshape(_CELLS, _CELLS) for plane in values.T]
    blurred = [cv2.GaussianBlur(plane, (7, 7), 1.0, borderType=cv2.BORDER_CONSTANT) for plane in sums]
    return np.asarray(np.stack(blurred, axis=-1), np.float64)
