"""Masks as they are stored: 0 and 1, or 0 and 255."""

from __future__ import annotations

import cv2
import numpy as np

from natocc.geometry import Image

_WHITE = 255


def as_binary(mask: Image, where: str) -> Image:
    """A stored mask (uint8 HxW) of 0 and 1, or of 0 and 255, as 0 and 1.

    Raises ValueError, with ``where``, for other values.
    """
    most = int(mask.max(initial=0))
    if most <= 1:
        return mask
    white = mask == _WHITE
    if most == _WHITE and cv2.countNonZero(mask) == int(np.count_nonzero(white)):
        return np.asarray(white, np.uint8)
    values = np.unique(mask)
    found = ", ".join(str(value) for value in values[:6]) + (", …" if len(values) > 6 else "")
    raise ValueError(
        f"{where}: expected a mask of 0 and 1, or of 0 and 255, got the values {found}; write one for "
        "the visible face and 0 elsewhere"
    )
