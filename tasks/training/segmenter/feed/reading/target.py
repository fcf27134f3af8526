"""What a segmenter learns: the visible face, or the classes of a parsing map."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np

from models.segmenters.losses.cross_entropy import IGNORED
from natocc.geometry import Image
from natocc.masks.binary import as_binary

LearntTarget = Literal["mask", "parsing"]
_PARTS = (
    *("background", "skin", "nose", "eye_g", "l_eye", "r_eye", "l_brow", "r_brow", "l_ear", "r_ear"),
    *("mouth", "u_lip", "l_lip", "hair", "hat", "ear_r", "neck_l", "neck", "cloth", "occlusion"),
)
TARGET_CLASSES: dict[LearntTarget, tuple[str, ...]] = {"mask": ("background", "face"), "parsing": _PARTS}
TARGET_MEMBERS: dict[LearntTarget, str] = {"mask": "mask.png", "parsing": "parsing.png"}


def reduce_label(label: Image, size: int, target: LearntTarget, where: str) -> Image:
    """A stored label as uint8 (size, size), stretched.

    A pixel of a mask is face if more than half of it is; one of a parsing map has the nearest class.
    Raises ValueError, with ``where``, for values that the target does not have.
    """
    if target == "parsing":
        _check_classes(label, where)
        return _nearest(label, size)
    face = as_binary(label, where)
    height, width = face.shape
    if (height, width) == (size, size):
        return face
    if height == width == 2 * size:
        quarters: Image = face[0::2, 0::2] + face[0::2, 1::2] + face[1::2, 0::2] + face[1::2, 1::2]
        return np.asarray(quarters > 2, np.uint8)
    share = cv2.resize(face.astype(np.float32), (size, size), interpolation=cv2.INTER_AREA)
    return np.asarray(share > 0.5).view(np.uint8)


def _nearest(label: Image, size: int) -> Image:
    return np.asarray(cv2.resize(label, (size, size), interpolation=cv2.INTER_NEAREST_EXACT), np.uint8)


def _check_classes(label: Image, where: str) -> None:
    known = len(_PARTS)
    most = int(label.max(initial=0))
    if most == IGNORED:
        most = int(np.where(label == IGNORED, 0, label).max(initial=0))
    if most >= known:
        raise ValueError(
            f"{where}: expected the classes 0 to {known - 1}, or {IGNORED} where none counts, got {most}; "
            "write the classes of docs/format.md, or train on --target mask"
        )
