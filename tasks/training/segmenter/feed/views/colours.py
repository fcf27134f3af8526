"""Random colours of a picture, uint8 SxSx3, RGB."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from natocc.geometry import Image

# Constants of MMSegmentation's PhotoMetricDistortion: levels, factors, and degrees of OpenCV's hue (0-179).
_BRIGHTNESS, _FACTORS, _HUE = 32, (0.5, 1.5), 18
_LEVELS = np.arange(256, dtype=np.float64)


def distort_photometrically(image: Image, rng: Generator) -> Image:
    """Brightness, contrast, saturation and hue, each in half of the pictures, as MMSegmentation draws them.

    Contrast comes second or last, in half of the pictures each.
    """
    if rng.random() < 0.5:
        image = _linear(image, 1.0, rng.uniform(-_BRIGHTNESS, _BRIGHTNESS))
    contrast_second = rng.random() < 0.5
    if contrast_second and rng.random() < 0.5:
        image = _linear(image, rng.uniform(*_FACTORS), 0.0)
    if rng.random() < 0.5:
        image = _with_hsv(image, saturation=rng.uniform(*_FACTORS))
    if rng.random() < 0.5:
        image = _with_hsv(image, hue=int(rng.integers(-_HUE, _HUE)))
    if not contrast_second and rng.random() < 0.5:
        image = _linear(image, rng.uniform(*_FACTORS), 0.0)
    return image


def jitter(image: Image, rng: Generator, *, amount: float = 0.5) -> Image:
    """Brightness, contrast and saturation by factors of 1 - ``amount`` to 1 + ``amount``, in random order."""
    for number in rng.permutation(3):
        factor = rng.uniform(1 - amount, 1 + amount)
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        if number == 0:
            image = _linear(image, factor, 0.0)
        elif number == 1:
            image = _linear(image, factor, (1 - factor) * float(grey.mean()))
        else:
            mixed = image * factor + grey[..., None] * (1 - factor)
            image = np.clip(mixed, 0, 255).astype(np.uint8)
    return image


def tint(image: Image, rng: Generator, *, amount: float = 0.25) -> Image:
    """A factor for each channel, of 1 - ``amount`` to 1 + ``amount``."""
    tables = [_LEVELS * factor for factor in rng.uniform(1 - amount, 1 + amount, 3)]
    return _through(image, np.stack(tables, axis=1))


def _linear(image: Image, factor: float, offset: float) -> Image:
    return _through(image, _LEVELS * factor + offset)


def _with_hsv(image: Image, *, saturation: float = 1.0, hue: int = 0) -> Image:
    hsv = cv2.cvtColor(image, cv2.COLOR_RGB2HSV).astype(np.uint8, copy=False)
    tables = np.stack([(_LEVELS + hue) % 180, _LEVELS * saturation, _LEVELS], axis=1)
    moved = _through(hsv, tables)
    return cv2.cvtColor(moved, cv2.COLOR_HSV2RGB).astype(np.uint8, copy=False)


def _through(image: Image, table: NDArray[np.float64]) -> Image:
    """The picture with new values for the levels 0 to 255: (256,) for all channels, or (256, 3)."""
    levels = np.clip(table, 0, 255).astype(np.uint8)
    shape = (1, 256, 3) if levels.ndim == 2 else (1, 256)
    return cv2.LUT(image, levels.reshape(shape)).astype(np.uint8, copy=False)
