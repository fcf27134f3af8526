"""Keep local contrast within bounds: new colours must neither flatten a hand nor exaggerate its relief."""

from __future__ import annotations

import cv2
import numpy as np

from natocc.colour.lut import Colours
from natocc.geometry import Image

# Ratio of the mean luma gradients after and before the transfer, chosen by viewing hands on faces.
LIMITS = (0.7, 1.4)
_SEARCH = 5
# Width of the smoothing, as a share of the geometric mean of the sides.
_WIDTH = 1 / 6


def guard_contrast(rgb: Image, share: Image, field: Colours) -> Colours:
    """Smooth the field as much as needed to keep local contrast within ``LIMITS``.

    ``rgb`` (uint8 HxWx3) and ``field`` (float32 HxWx3) have the same size. Contrast counts where ``share``
    (uint8 HxW) exceeds 127. The field first moves towards its local mean, then towards a single motion for
    all pixels, which preserves contrast except for clipping.
    """
    contrast = _Contrast(rgb, share)
    if contrast.is_kept(_luma(field)):
        return field
    smooth = _local_mean(field, contrast.inside)
    if contrast.is_kept(_luma(smooth)):
        return _least(contrast, field, smooth)
    mean = np.array(cv2.mean(field, contrast.inside)[:3], np.float32)
    return _least(contrast, smooth, np.broadcast_to(mean, field.shape))


class _Contrast:
    """The mean gradient of luma between neighbours of the mask, before and after."""

    def __init__(self, rgb: Image, share: Image) -> None:
        self.inside = np.asarray(cv2.threshold(share, 127, 255, cv2.THRESH_BINARY)[1], np.uint8)
        self._luma = _luma(rgb.astype(np.float32))
        self._across = self.inside[:, 1:] & self.inside[:, :-1]
        self._down = self.inside[1:] & self.inside[:-1]
        self._before = self._of(self._luma)

    def is_kept(self, change: Colours) -> bool:
        """Return whether a change of luma (float32 HxW) leaves contrast within the limits."""
        after = self._of(np.clip(self._luma + change, 0, 255))
        return bool(LIMITS[0] * self._before <= after <= LIMITS[1] * self._before)

    def _of(self, luma: Colours) -> float:
        across = cv2.mean(cv2.absdiff(luma[:, 1:], luma[:, :-1]), self._across)
        return across[0] + cv2.mean(cv2.absdiff(luma[1:], luma[:-1]), self._down)[0]


def _luma(rgb: Colours) -> Colours:
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), dtype=np.float32)


def _local_mean(field: Colours, inside: Image) -> Colours:
    """The field averaged over neighbours of the mask."""
    side = 1 + 2 * max(1, round((inside.size**0.5) * _WIDTH / 2))
    weight = cv2.merge([inside.astype(np.float32)] * 3)
    sums = cv2.blur(cv2.multiply(field, weight), (side, side), borderType=cv2.BORDER_CONSTANT)
    weights = cv2.blur(weight, (side, side), borderType=cv2.BORDER_CONSTANT)
    return np.asarray(np.where(weights > 0.01, sums / np.maximum(weights, 0.01), field), dtype=np.float32)


def _least(contrast: _Contrast, start: Colours, goal: Colours) -> Colours:
    """The mixture closest to ``start`` that keeps contrast, found by bisection."""
    first = _luma(start)
    way = _luma(np.ascontiguousarray(goal)) - first
    low, high = 0.0, 1.0
    for _ in range(_SEARCH):
        middle = (low + high) / 2
        if contrast.is_kept(first + np.float32(middle) * way):
            high = middle
        else:
            low = middle
    return start + np.float32(high) * (goal - start)
