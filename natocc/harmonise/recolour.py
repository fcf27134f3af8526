"""Recolour a region as cameras and photo editors do, to make training pairs for a harmoniser.

Composites with their real pictures (iHarmony4, Cong et al., CVPR 2020) may not be available. An object in any
photograph is recoloured instead, and the photograph itself is the target.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator

from natocc.compositing import blend
from natocc.geometry import Float64Array, Image
from natocc.randomness import draw_range

_LUMA = np.array([0.299, 0.587, 0.114])
# Linear light above which brightened values are compressed instead of clipped.
_KNEE = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Recolouring:
    """One recolouring; the defaults change nothing."""

    # Stops, in linear light.
    exposure: float = 0.0
    # Gains of red, green and blue in linear light: the white balance.
    gains: tuple[float, float, float] = (1.0, 1.0, 1.0)
    # Exponents of the tone curve of red, green and blue, on values of 0 to 1.
    gammas: tuple[float, float, float] = (1.0, 1.0, 1.0)
    # Bend of the tone curve: above 0 an S-curve with more contrast in the mid-tones, below 0 less.
    contrast: float = 0.0
    # Saturation as a factor: 0 is grey.
    saturation: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RecolourLimits:
    """Limits of the draws, symmetric about no change; 0 leaves a property unchanged."""

    # Stops.
    exposure: float = 0.8
    # Stops of red against green and of blue against green.
    balance: float = 0.35
    # Natural logarithm of the exponent common to all channels, and of each channel's factor on it.
    gamma: float = 0.3
    channel_gamma: float = 0.08
    contrast: float = 0.5
    # Natural logarithm of the factor.
    saturation: float = 0.5

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name}: expected 0 or more, got {getattr(self, name)}")
        if not self.contrast < 1:
            raise ValueError(f"contrast: expected less than 1 (above, curves fall), got {self.contrast}")


def draw_recolouring(rng: Generator, limits: RecolourLimits | None = None) -> Recolouring:
    """Uniform draws within the limits, always the same number of them."""
    limits = limits or RecolourLimits()
    exposure = _within(rng, limits.exposure)
    red, blue = _within(rng, limits.balance), _within(rng, limits.balance)
    shared = _within(rng, limits.gamma)
    red_gamma, green_gamma, blue_gamma = (_within(rng, limits.channel_gamma) for _ in range(3))
    return Recolouring(
        exposure=exposure,
        gains=(2.0**red, 1.0, 2.0**blue),
        gammas=(
            float(np.exp(shared + red_gamma)),
            float(np.exp(shared + green_gamma)),
            float(np.exp(shared + blue_gamma)),
        ),
        contrast=_within(rng, limits.contrast),
        saturation=float(np.exp(_within(rng, limits.saturation))),
    )


def recolour(image: Image, recolouring: Recolouring) -> Image:
    """The whole picture (RGB uint8 HxWx3) recoloured; sRGB in and out.

    Exposure and white balance in linear light, then the tone curves, then saturation about Rec. 601 luma.
    Curves increase everywhere. Highlights are compressed, so that few levels become equal.
    """
    curves = tone_curves(recolouring)
    toned = np.stack([curves[channel][image[..., channel]] for channel in range(3)], axis=-1)
    if recolouring.saturation != 1.0:
        # Not a matrix product: those of BLAS depend on the number of threads.
        grey = (toned[..., 0] * _LUMA[0] + toned[..., 1] * _LUMA[1] + toned[..., 2] * _LUMA[2])[..., None]
        toned = grey + (toned - grey) * recolouring.saturation
    return np.asarray(np.rint(np.clip(toned, 0, 255)), np.uint8)


def recolour_region(real: Image, matte: Image, recolouring: Recolouring) -> Image:
    """The composite of a pair: ``real`` (RGB uint8 HxWx3) recoloured where ``matte`` (uint8 HxW) is.

    Pixels where the matte is 0 stay equal to the bit; where it is soft the two are blended.
    """
    if real.ndim != 3 or real.shape[2] != 3 or matte.shape != real.shape[:2]:
        raise ValueError(
            f"real and matte: expected shapes (H, W, 3) and (H, W), got {real.shape} and {matte.shape}"
        )
    x, y, width, height = cv2.boundingRect(np.ascontiguousarray(matte))
    box = slice(y, y + height), slice(x, x + width)
    composite = real.copy()
    composite[box] = blend(real[box], recolour(real[box], recolouring), np.ascontiguousarray(matte[box]))
    return composite


def tone_curves(recolouring: Recolouring) -> Float64Array:
    """The tone curves of red, green and blue, before saturation: float64 (3, 256) in 0-255, by level."""
    linear = _to_linear(np.arange(256) / 255)
    curves = []
    for gain, gamma in zip(recolouring.gains, recolouring.gammas, strict=True):
        value = _to_srgb(_lit(linear, gain * 2.0**recolouring.exposure)) ** gamma
        value += recolouring.contrast * value * (1 - value) * (2 * value - 1)
        curves.append(value * 255)
    return np.stack(curves)


def _within(rng: Generator, limit: float) -> float:
    return draw_range(rng, (-limit, limit))


def _lit(linear: Float64Array, gain: float) -> Float64Array:
    """Light times gain. Values above the knee are compressed smoothly, so white stays 1."""
    lit = linear * gain
    if gain <= 1:
        return lit
    knee = _KNEE
    steep = (gain - knee) / (1 - knee)
    part = np.clip((lit - knee) / (gain - knee), 0, 1)
    bent = knee + (1 - knee) * steep * part / (1 + (steep - 1) * part)
    return np.where(lit > knee, bent, lit)


def _to_linear(value: Float64Array) -> Float64Array:
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def _to_srgb(linear: Float64Array) -> Float64Array:
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
