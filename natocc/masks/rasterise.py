"""Polygons drawn as masks.

Corners are (x, y) from the upper left corner of the picture: pixel (0, 0) spans 0 to 1 and its centre lies at
a half, as in LabelMe and COCO.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from natocc.geometry import Box, Float64Array, Image

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
    filled = np.zeros(size, np.uint8)
    # Only pixels between the outermost corners can lie inside.
    (left, top), (right, bottom) = (
        np.clip(corner, 0, (width, height)).astype(np.int64).tolist()
        for corner in (np.floor(corners.min(axis=0)), np.ceil(corners.max(axis=0)))
    )
    if left < right and top < bottom:
        filled[top:bottom, left:right] = _fill_box(corners, Box(left, top, right, bottom))
    return filled


def _fill_box(corners: Float64Array, box: Box) -> Image:
    """The pixels of ``box``, outside which there are none."""
    # An edge crosses the centre lines of rows. Each crossing flips the pixels to its right in that row.
    ends = np.roll(corners, -1, axis=0)
    upward = corners[:, 1] > ends[:, 1]
    upper, lower = np.where(upward[:, None], ends, corners), np.where(upward[:, None], corners, ends)
    first = np.clip(np.ceil(upper[:, 1] - 0.5), box.y0, box.y1).astype(np.int64)
    rows = np.clip(np.ceil(lower[:, 1] - 0.5), box.y0, box.y1).astype(np.int64) - first
    edge = np.repeat(np.arange(len(corners)), rows)
    row = np.arange(rows.sum()) - np.repeat(np.cumsum(rows) - rows, rows) + first[edge]
    slope = (lower[edge, 0] - upper[edge, 0]) / (lower[edge, 1] - upper[edge, 1])
    crossing = upper[edge, 0] + slope * (row + 0.5 - upper[edge, 1])
    column = np.clip(np.ceil(crossing - 0.5), box.x0, box.x1).astype(np.int64)
    across = box.width + 1
    places = (row - box.y0) * across + column - box.x0
    flips = np.zeros(box.height * across, np.uint8)
    np.add.at(flips, places, 1)
    inside = np.bitwise_and(np.cumsum(flips.reshape(-1, across)[:, :-1], axis=1, dtype=np.uint8), 1)
    return (inside * np.uint8(255)).astype(np.uint8, copy=False)
