"""A smooth mapping of colours learnt from pixels before and after: a table of colours and a drift in space.

Sums alone, in a fixed order: equal inputs give equal bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from natocc.colour.lattice import LEVELS, Asking, Corners, Floats, Motions, corners, fit_motions
from natocc.colour.lut import Colours, enlarge, grid_colours
from natocc.geometry import Box, Image

_SAMPLES = 1 << 13
# Pixels that a cell of the drift needs to count for half.
_DRIFT_PRIOR = 1.0
# Variance (levels squared) below which a cell's values tell nothing of a gain.
_GAIN_PRIOR = 100.0
_MIDDLE = 128.0
_CELLS = 16
# For the trial of the two orders, and all of them.
_KNOWN, _REST, _ALL = slice(0, None, 2), slice(1, None, 2), slice(None)


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
    better with. Colours far from any that were seen follow the affine map. Without a solid pixel every
    colour stays as it is.
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
        lattices=[corners(old, size) for size in LEVELS],
    )
    # Colour and place go together in a picture, and what is fitted first takes what is in both.
    half, whole = ([one.asking(which) for one in pixels.lattices] for which in (_KNOWN, _ALL))
    errors = [_fit(pixels, half, drift_first).error(pixels, _REST) for drift_first in (False, True)]
    fit = _fit(pixels, whole, drift_first=errors[1] < errors[0])
    return ColourMapping(table=(nodes + fit.motions.table()).astype(np.float32), drift=fit.drift)


def drift_at(drift: Drift, image: Image, box: Box | None = None) -> Colours:
    """The drift for every pixel of an RGB uint8 picture HxWx3, or of a box in it, float32 of its shape."""
    box = box or Box(0, 0, image.shape[1], image.shape[0])
    offset, gain = (enlarge(one, (image.shape[0], image.shape[1]), box) for one in (drift.offset, drift.gain))
    values = image[box.slices].astype(np.float32) - np.float32(_MIDDLE)
    return np.asarray(cv2.add(cv2.multiply(gain, values), offset), np.float32)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Pixels:
    """N pixels: place (N,) as shares of height and width, colour and its motion (N, 3) in levels."""

    row: Floats
    column: Floats
    old: Floats
    motion: Floats
    # Of the colours, at each of LEVELS.
    lattices: list[Corners]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Fit:
    """Motions of colours, the drift, and what each is at all pixels, (N, 3)."""

    motions: Motions
    drift: Drift
    in_table: Floats
    in_drift: Floats

    def error(self, pixels: _Pixels, which: slice) -> float:
        """Mean squared distance of some pixels from where the mapping takes them."""
        moved = np.clip(pixels.old + self.in_table, 0, 255) + self.in_drift
        off = (moved - pixels.old - pixels.motion)[which]
        return float(np.square(off).mean()) if len(off) else 0.0


def _fit(pixels: _Pixels, asking: Sequence[Asking], drift_first: bool) -> _Fit:
    known, left = asking[0].which, pixels.motion
    if drift_first:
        drift = _fit_drift(pixels, left, known)
        in_drift = _drift_of(drift, pixels)
        left = left - in_drift
    motions, in_table = fit_motions(pixels.old, left, pixels.lattices, asking)
    if not drift_first:
        drift = _fit_drift(pixels, left - in_table, known)
        in_drift = _drift_of(drift, pixels)
    return _Fit(motions=motions, drift=drift, in_table=in_table, in_drift=in_drift)


def _sample(solid: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of solid pixels, evenly thinned."""
    where = np.flatnonzero(solid)
    where = where[:: max(1, -(-len(where) // _SAMPLES))]
    rows, columns = np.divmod(where, solid.shape[1])
    return rows, columns


def _fit_drift(pixels: _Pixels, left: Floats, known: slice) -> Drift:
    """The drift for what is ``left`` (N, 3) at known pixels: a ridge regression in each cell and about it."""
    row, column = (
        np.minimum((place[known] * _CELLS).astype(np.int64), _CELLS - 1)
        for place in (pixels.row, pixels.column)
    )
    cells, value, left = row * _CELLS + column, pixels.old[known] - _MIDDLE, left[known]
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
