"""Polygons as COCO has them: coordinates of corners between pixels, so that pixel 0 reaches from 0 to 1."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from natocc.geometry import Image

# A pixel is drawn as so many squared, unless it is enlarged more; corners are placed to a sixteenth of those.
_FINEST, _BITS = 8, 4


def draw_polygons(polygons: Sequence[Sequence[float]], size: tuple[int, int], factor: int) -> Image:
    """The union of polygons (flat lists x, y, …) drawn ``factor`` times enlarged, uint8 0-255.

    ``size`` is (height, width) before; the edge is anti-aliased, and at most an eighth of a pixel
    outside the outline, since OpenCV fills what the edge touches.
    """
    scale = factor * max(1, _FINEST // factor)
    canvas = np.zeros((size[0] * scale, size[1] * scale), np.uint8)
    for points in polygons:
        corners = np.asarray(points, np.float64).reshape(-1, 2) * scale - 0.5
        fixed = np.rint(corners * (1 << _BITS)).astype(np.int32)
        cv2.fillPoly(canvas, [fixed], 255, shift=_BITS)
    large = cv2.resize(canvas, (size[1] * factor, size[0] * factor), interpolation=cv2.INTER_AREA)
    return large.astype(np.uint8, copy=False)
