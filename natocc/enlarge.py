"""A small field of colours at the size of a picture, of which one box is wanted."""

from __future__ import annotations

import cv2
import numpy as np

from natocc.colour_table import Colours
from natocc.geometry import Box


def enlarge(field: Colours, size: tuple[int, int], box: Box) -> Colours:
    """The box of a field (float32 hxwx3) stretched to (height, width), linearly; float32, the box's size.

    Axis by axis, so that little outside the box is computed; what is left of rounding is that of float32.
    """
    tall = cv2.resize(field, (field.shape[1], size[0]), interpolation=cv2.INTER_LINEAR)[box.slices[0]]
    wide = cv2.resize(tall, (size[1], box.height), interpolation=cv2.INTER_LINEAR)[:, box.slices[1]]
    return np.ascontiguousarray(wide, np.float32)
