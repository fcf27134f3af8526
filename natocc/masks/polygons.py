"""Masks as polygons and back.

Corners are (x, y) measured from the upper left corner of the picture: pixel (0, 0) spans 0 to 1 and
its centre lies at a half, as in LabelMe and COCO.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d
from skimage.measure import approximate_polygon, find_contours

from natocc.geometry import Image

Corners = NDArray[np.float64]

# In pixels of the mask: below a half no pixel that stands alone loses its centre.
TOLERANCE = 0.47
# The share of the tolerance that goes into smoothing the steps of pixels, and over how many points
# (standard deviation): a third fewer corners than simplifying alone.
_SMOOTHED, _STEPS = 0.7, 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One closed line, its last corner joined to its first; ``corners`` float64 Nx2."""

    corners: Corners
    hole: bool


def trace_outlines(mask: Image, tolerance: float = TOLERANCE) -> tuple[Outline, ...]:
    """The outlines of a mask (uint8 HxW, non-zero inside), in the order in which they are to be painted.

    The line halfway between the centres inside and outside is smoothed and simplified (Douglas and
    Peucker) so that neither line leaves the other by more than ``tolerance`` pixels. What lies within another
    outline comes after it, so that a piece within a hole survives. Pixels that touch at a corner alone
    are pieces apart. Empty for an empty mask.
    """
    padded = np.pad((mask > 0).astype(np.float64), 1)
    lines = find_contours(padded, 0.5)  # type: ignore[no-untyped-call]
    rings = [_ring(line, tolerance) for line in lines]
    # An outline within another has the smaller area.
    rings.sort(key=lambda one: (-abs(one[1]), one[0][:, 1].min(), one[0][:, 0].min()))
    return tuple(Outline(corners=corners, hole=area < 0) for corners, area in rings)


def fill_polygon(corners: Corners, size: tuple[int, int]) -> Image:
    """uint8 HxW of 0 and 255: pixels whose centres lie inside, by even and odd; ``size`` (height, width).

    Corners may lie outside. Raises ValueError for fewer than three.
    """
    if corners.ndim != 2 or corners.shape[1] != 2 or len(corners) < 3:
        raise ValueError(f"a polygon: expected at least 3 corners (x, y), got shape {corners.shape}")
    height, width = size
    ends = np.roll(corners, -1, axis=0)
    upward = corners[:, 1] > ends[:, 1]
    upper, lower = np.where(upward[:, None], ends, corners), np.where(upward[:, None], corners, ends)
    first = np.clip(np.ceil(upper[:, 1] - 0.5), 0, height).astype(np.int64)
    rows = np.clip(np.ceil(lower[:, 1] - 0.5), 0, height).astype(np.int64) - first
    edge = np.repeat(np.arange(len(corners)), rows)
    row = np.arange(rows.sum()) - np.repeat(np.cumsum(rows) - rows, rows) + first[edge]
    slope = (lower[edge, 0] - upper[edge, 0]) / (lower[edge, 1] - upper[edge, 1])
    crossing = upper[edge, 0] + slope * (row + 0.5 - upper[edge, 1])
    column = np.clip(np.ceil(crossing - 0.5), 0, width).astype(np.int64)
    flips = np.bincount(row * (width + 1) + column, minlength=height * (width + 1))
    inside = np.cumsum(flips.reshape(height, width + 1)[:, :width], axis=1) % 2
    return (inside * 255).astype(np.uint8)


def _ring(line: Corners, tolerance: float) -> tuple[Corners, float]:
    """A simplified ring in (x, y) and the signed area of the line: positive around pixels inside."""
    ring = line[:-1]
    # The padded mask's rows and columns, at pixel centres, as corners of the mask itself.
    points = ring[:, ::-1] - 0.5
    x, y = points[:, 0], points[:, 1]
    area = float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2)
    smooth = _smoothed(points, _SMOOTHED * tolerance)
    far = int(((smooth - smooth[0]) ** 2).sum(axis=1).argmax())
    halves = smooth[: far + 1], np.concatenate((smooth[far:], smooth[:1]))
    rest = (1 - _SMOOTHED) * tolerance
    kept = [approximate_polygon(half, rest) for half in halves]  # type: ignore[no-untyped-call]
    corners = np.concatenate([half[:-1] for half in kept])
    return cast(Corners, corners if len(corners) > 2 else points), area


def _smoothed(points: Corners, most: float) -> Corners:
    """The closed line without the steps of its pixels, no point moved by more than ``most``."""
    moved = gaussian_filter1d(points, _STEPS, axis=0, mode="wrap") - points
    length = np.hypot(moved[:, 0], moved[:, 1])
    return cast(Corners, points + moved * np.minimum(1.0, most / np.maximum(length, 1e-9))[:, None])
