"""Exact labels: face and occluder, by one rule on the stored bytes."""

from __future__ import annotations

import math
from typing import Literal, cast

import cv2
import numpy as np

from natocc.geometry import BoolArray, Image

OCCLUSION_CLASS = 19


# Which mask of a face becomes its label: the corrected one where there is one, or always the policy's.
LabelSource = Literal["corrected", "policy"]


def occluded(alpha: Image, opacity: float) -> BoolArray:
    """Where the occluder counts as present: ``alpha / (255 · opacity) ≥ 0.5``; bool HxW."""
    # Comparing integers takes a tenth of the time of comparing fractions.
    return np.asarray(alpha >= math.ceil(127.5 * opacity))


def visible_mask(clean_mask: Image, alpha: Image, opacity: float) -> Image:
    """1 where the face (``clean_mask`` non-zero) is not occluded, else 0."""
    return ((clean_mask > 0) & ~occluded(alpha, opacity)).view(np.uint8)


def hidden_ratio(clean_mask: Image, mask: Image) -> float:
    """Share of the face's pixels that the occluder hides; 0 for an empty face."""
    face = cv2.countNonZero(clean_mask)
    return 1.0 - cv2.countNonZero(mask) / face if face else 0.0


def occlude_parsing(parsing: Image, alpha: Image, opacity: float) -> Image:
    """The parsing map with class 19 wherever the occluder is, also outside the face."""
    return np.where(occluded(alpha, opacity), np.uint8(OCCLUSION_CLASS), parsing)


# A mirrored face has its left parts on the right: 4/5 eyes, 6/7 brows, 8/9 ears.
_MIRROR = np.arange(256, dtype=np.uint8)
for _left, _right in ((4, 5), (6, 7), (8, 9)):
    _MIRROR[_left], _MIRROR[_right] = _right, _left


def mirror_parsing(flipped: Image) -> Image:
    """Swap the left and right classes of a flipped parsing map."""
    return cast(Image, cv2.LUT(flipped, _MIRROR))
