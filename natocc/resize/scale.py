"""Pictures scaled in proportion. Sizes are (height, width), as in ``shape``; OpenCV's are (width, height)."""

from __future__ import annotations

from typing import Any, TypeVar, cast

import cv2
from numpy.typing import NDArray

# HxW or HxWxC, uint8 or float32.
Pixels = TypeVar("Pixels", bound=NDArray[Any])


def scaled_size(size: tuple[int, ...], scale: float) -> tuple[int, int]:
    """Height and width times ``scale``, each rounded to the nearest integer (halves to even), at least 1.

    ``size`` may be a whole ``shape``; dimensions after height and width are ignored.
    """
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def scale_image(image: Pixels, scale: float, enlarge_by: int = cv2.INTER_CUBIC) -> Pixels:
    """The picture at ``scaled_size``, by area averages if it shrinks, else by OpenCV's ``enlarge_by``.

    Returns the picture itself if its size stays the same.
    """
    height, width = scaled_size(image.shape, scale)
    if (height, width) == image.shape[:2]:
        return image
    way = cv2.INTER_AREA if scale < 1 else enlarge_by
    return cast(Pixels, cv2.resize(image, (width, height), interpolation=way))


def limit_long_side(image: Pixels, long_side: int) -> Pixels:
    """Shrink the picture by area averages until no side is above ``long_side`` pixels."""
    return scale_image(image, min(1.0, long_side / max(image.shape[:2])))
