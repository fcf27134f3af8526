"""Polygons drawn as masks.

Corners are (x, y) from the upper left corner of the picture: pixel (0, 0) spans 0 to 1 and its centre lies at
a half, as in LabelMe and COCO.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from natocc.geometry import Float64Array, Image

# A pixel is drawn at least as 8x8 subpixels; corners are placed to 1/16 of a subpixel.
_SUBPIXELS, _BITS = 8, 4


def draw_polygons(polygons: Sequence[Sequence[float]], size: tuple[int, int], factor: int) -> Image:
    """The union of polygons (flat lists x, y, …) drawn ``factor`` times enlarged, uint8 0-255.

    ``size`` is (height, width) before enlarging. The edge is anti-aliased and lies at most an eighth of a
    pixel outside the polygon, since OpenCV fills every subpixel that the edge touches.
    """
    scale = factor * max(1, _SUBPIXELS // factor)
    canvas = np.zeros((size[0] * scale, size[1] * scale), np.uint8)
    for points in polygons:
        corners = np.asarray(points, np.float64).reshape(-1, 2) * scale - 0.5
        fixed = np.rint(corners * (1 << _BITS)).astype(np.int32)
        cv2.fillPoly(canvas, [fixed], 255, shift=_BITS)
    large = cv2.resize(canvas, (size[1] * factor, size[0] * factor), interpolation=cv2.INTER_AREA)
    return large.astype(np.uint8, copy=False)


def fill_polygon(corners: Float64Array, size: tuple[int, int]) -> Image:
    """uint8 HxW of 0 and 255: pixels whose centres lie inside by the even-odd rule; ``size`` (height, width).

    ``corners`` Nx2 may lie outside. Raises ValueError for fewer than three.
    """
    if corners.ndim != 2 or corners.shape[1] != 2 or len(corners) < 3:
        raise ValueError(f"a polygon: expected at least 3 corners (x, y), got shape {corners.shape}")
    height, width = size
    # An edge crosses the centre lines of rows. Each crossing flips the pixels to its right in that row.
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
