"""Brightness and contrast, and the JPEG round trip."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
from numpy.random import Generator

from natocc.codecs import decode_rgb, encode_jpeg
from natocc.geometry import Image
from natocc.randomness import draw_range


@dataclass(frozen=True, slots=True, kw_only=True)
class Tone:
    """``value · contrast + brightness · reference``, clipped to 0-255.

    ``reference`` is 255, or the mean value where brightness is relative to the picture's level.
    """

    contrast: float
    brightness: float
    by_mean: bool


def draw_tone(rng: Generator, limit: float, *, by_mean: bool) -> Tone:
    """Contrast in 1 ± limit, brightness in ± limit."""
    return Tone(
        contrast=1 + draw_range(rng, (-limit, limit)),
        brightness=draw_range(rng, (-limit, limit)),
        by_mean=by_mean,
    )


def apply_tone(image: Image, tone: Tone, mean: float = 0.0) -> Image:
    """Apply the tone to a uint8 array; ``mean`` (0-255) is the reference of a tone drawn by mean."""
    reference = mean if tone.by_mean else 255.0
    # This takes half the time of a table look-up.
    return cast(Image, cv2.addWeighted(image, tone.contrast, image, 0.0, tone.brightness * reference))


def compress(image: Image, quality: int) -> Image:
    """The RGB image after one JPEG generation at its current size."""
    return decode_rgb(encode_jpeg(image, quality))
