"""Make the upscaler's small picture from a photograph: bicubic reduction, or random degradations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.random import Generator

from natocc.codecs import decode_rgb, encode_jpeg
from natocc.geometry import Image
from natocc.photometric.blur import Blur, apply_blur
from natocc.photometric.noise import Grain, Noise, add_noise
from natocc.randomness import draw_range, draw_seed
from natocc.resize.bicubic import resize_bicubic

DegradationKind = Literal["bicubic", "blind"]
# Range of the blur's width, in pixels of the small picture.
_SIGMA = (0.05, 0.6)
_NOISE = (0.0, 8.0)  # levels
_GRAIN = (0.5, 1.2)  # pixels
_QUALITY = (40, 95)
_WAYS = {"linear": cv2.INTER_LINEAR, "area": cv2.INTER_AREA, "cubic": cv2.INTER_CUBIC}


@dataclass(frozen=True, slots=True, kw_only=True)
class Degradation:
    """Steps in order: blur, reduction to ``side`` pixels, noise, JPEG, enlargement, area reduction."""

    blur: Blur
    side: int
    reduced: str
    sigma: float  # standard deviation of the noise, in levels
    grain: float  # grain size of the noise, in pixels
    noise_seed: int
    quality: int
    enlarged: str


def draw_degradation(rng: Generator, in_size: int, out_size: int) -> Degradation:
    """Draw a degradation for a photograph with a side of ``out_size`` pixels.

    The steps and their order are those of GLEAN's blind training (mmediting, in128out1024). The ranges are
    milder: they suit crops of ordinary photographs, not severely degraded portraits.
    """
    factor = out_size / in_size
    low, high = (width * factor for width in _SIGMA)
    first = draw_range(rng, (low, high))
    round_one = rng.random() < 0.5
    sigma = (first, first if round_one else draw_range(rng, (low, high)))
    angle = 0.0 if round_one else draw_range(rng, (-90.0, 90.0))
    ways = sorted(_WAYS)
    return Degradation(
        blur=Blur(size=2 * int(np.ceil(3 * max(sigma))) + 1, sigma=sigma, angle=angle),
        side=int(rng.integers(in_size, out_size + 1)),
        reduced=str(rng.choice(ways)),
        sigma=draw_range(rng, _NOISE),
        grain=draw_range(rng, _GRAIN),
        noise_seed=draw_seed(rng),
        quality=int(rng.integers(*_QUALITY, endpoint=True)),
        enlarged=str(rng.choice(ways)),
    )


def degrade(photo: Image, in_size: int, how: Degradation | None) -> Image:
    """Reduce a square photograph, RGB uint8, to ``in_size`` pixels; None: MATLAB's bicubic reduction."""
    if how is None:
        return resize_bicubic(photo, in_size, in_size)
    out_size = len(photo)
    small = _resized(apply_blur(photo, how.blur), how.side, _WAYS[how.reduced])
    clean, noisy = (Grain(sigma=sigma, size=how.grain) for sigma in (0.0, how.sigma))
    small = add_noise(small, noisy, clean, Noise(strength=1.0, seed=how.noise_seed))
    small = decode_rgb(encode_jpeg(small, how.quality))
    return _resized(_resized(small, out_size, _WAYS[how.enlarged]), in_size, cv2.INTER_AREA)


def _resized(image: Image, side: int, way: int) -> Image:
    return cv2.resize(image, (side, side), interpolation=way).astype(np.uint8, copy=False)
