"""The polygons of a mask.

Float64Array are (x, y) measured from the upper left corner of the picture: pixel (0, 0) spans 0 to 1 and
its centre lies at a half, as in LabelMe and COCO.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
from scipy.ndimage import gaussian_filter1d
from skimage.measure import approximate_polygon, find_contours

from natocc.geometry import Float64Array, Image

# In pixels of the mask. Below one half, so the polygon of a single pixel still contains its centre.
TOLERANCE = 0.47
# Share of the tolerance that smoothing of the pixel steps may use, and its strength (standard deviation in
# points). Smoothing leaves a third fewer corners than simplification alone.
_SMOOTHED, _STEPS = 0.7, 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Polygon:
    """A closed polygon, the last corner joined to the first; ``corners`` float64 Nx2, (x, y)."""

    corners: Float64Array
    hole: bool


def trace_polygons(mask: Image, tolerance: float = TOLERANCE) -> tuple[Polygon, ...]:
    """The polygons of a mask (uint8 HxW, non-zero inside), in painting order.

    The line halfway between the centres inside and outside is smoothed and simplified (Douglas and Peucker)
    so that neither line leaves the other by more than ``tolerance`` pixels. A polygon within another comes
    after it, so a piece within a hole is painted last. Pixels that touch only at a corner are separate
    pieces. An empty mask has no polygons.
    """
    padded = np.pad((mask > 0).astype(np.float64), 1)
    lines = find_contours(padded, 0.5)  # type: ignore[no-untyped-call]
    rings = [_ring(line, tolerance) for line in lines]
    # A polygon within another has a smaller area.
    rings.sort(key=lambda ring: (-abs(ring[1]), ring[0][:, 1].min(), ring[0][:, 0].min()))
    return tuple(Polygon(corners=corners, hole=area < 0) for corners, area in rings)


def _ring(line: Float64Array, tolerance: float) -> tuple[Float64Array, float]:
    """A simplified ring in (x, y) and the signed area of the line: positive around pixels inside."""
    ring = line[:-1]
    # From (row, column) of the padded mask, pixel centres on integers, to (x, y) of corners: + 1/2 - 1.
    points = ring[:, ::-1] - 0.5
    x, y = points[:, 0], points[:, 1]
    area = float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2)
    smooth = _smoothed(points, _SMOOTHED * tolerance)
    far = int(((smooth - smooth[0]) ** 2).sum(axis=1).argmax())
    halves = smooth[: far + 1], np.concatenate((smooth[far:], smooth[:1]))
    rest = (1 - _SMOOTHED) * tolerance
    kept = [approximate_polygon(half, rest) for half in halves]  # type: ignore[no-untyped-call]
    corners = np.concatenate([half[:-1] for half in kept])
    return cast(Float64Array, corners if len(corners) > 2 else points), area


def _smoothed(points: Float64Array, most: float) -> Float64Array:
    """The closed line smoothed, no point moved by more than ``most`` pixels."""
    moved = gaussian_filter1d(points, _STEPS, axis=0, mode="wrap") - points
    length = np.hypot(moved[:, 0], moved[:, 1])
    return cast(Float64Array, points + moved * np.minimum(1.0, most / np.maximum(length, 1e-9))[:, None])
