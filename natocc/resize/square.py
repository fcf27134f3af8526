"""A picture stretched to a square, as segmenters take it."""

from __future__ import annotations

import cv2
import numpy as np

from natocc.geometry import Image


def stretch_to_square(image: Image, side: int) -> Image:
    """The picture (uint8 HxWx3) at (side, side): averaged where both sides shrink, else interpolated."""
    way = cv2.INTER_AREA if min(image.shape[:2]) >= side else cv2.INTER_LINEAR
    return cv2.resize(image, (side, side), interpolation=way).astype(np.uint8, copy=False)
