"""Random erasing (Zhong et al., AAAI 2020): a rectangle of noise or of one colour on the face."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator

from natocc.geometry import Image, mask_box
from natocc.randomness import draw_range
from tasks.training.segmenter.feed.occlusion.step import OccludedLabel

# The rectangle's share of the face's pixels, and its height over its width.
_AREA, _ASPECT = (0.02, 0.33), (0.3, 3.3)
# Rectangles that are drawn until one fits into the face's box.
_TRIES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseRectangle:
    """An ``OcclusionStep``: a rectangle inside the face's box, of noise in half of the draws, else of the
    picture's mean colour.
    """

    labels: OccludedLabel

    def __call__(self, image: Image, label: Image, rng: Generator) -> tuple[Image, Image]:
        face = self.labels.face(label)
        box, area = mask_box(face), cv2.countNonZero(face)
        for _ in range(_TRIES if area else 0):
            size, aspect = draw_range(rng, _AREA) * area, draw_range(rng, _ASPECT)
            height, width = (max(1, round(math.sqrt(side))) for side in (size * aspect, size / aspect))
            if height > box.height or width > box.width:
                continue
            top = int(rng.integers(box.y0, box.y1 - height + 1))
            left = int(rng.integers(box.x0, box.x1 - width + 1))
            rectangle = slice(top, top + height), slice(left, left + width)
            hidden = np.zeros(label.shape, np.bool_)
            hidden[rectangle] = True
            erased = image.copy()
            erased[rectangle] = _fill(image, (height, width), rng)
            return erased, self.labels.mark(label, hidden)
        return image, label


def _fill(image: Image, size: tuple[int, int], rng: Generator) -> Image:
    """RGB uint8 (*size, 3), or of one colour (3)."""
    if rng.random() < 0.5:
        return rng.integers(0, 256, (*size, 3), np.uint8)
    return np.rint(cv2.mean(image)[:3]).astype(np.uint8)
