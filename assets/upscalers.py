"""Upscalers of object cut-outs, four times, behind one interface."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import cv2
import numpy as np

from natocc.geometry import Image

FACTOR = 4
# RGB uint8 HxWx3 -> RGB uint8 4Hx4Wx3.
Upscaler = Callable[[Image], Image]


def lanczos(image: Image) -> Image:
    """Lanczos over eight pixels, without a network."""
    size = image.shape[1] * FACTOR, image.shape[0] * FACTOR
    return cv2.resize(image, size, interpolation=cv2.INTER_LANCZOS4).astype(np.uint8, copy=False)


UPSCALERS: Mapping[str, Upscaler] = MappingProxyType({"lanczos": lanczos})


def upscaler_named(name: str) -> Upscaler:
    """The upscaler; ValueError lists those there are."""
    if name not in UPSCALERS:
        known = ", ".join(sorted(UPSCALERS))
        raise ValueError(f"--upscaler: expected one of {known}, got {name!r}, which is not available")
    return UPSCALERS[name]
