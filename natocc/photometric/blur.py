"""Blur: the paper's AdvancedBlur (a turned generalised Gaussian, its kernel noisy), or a plain one."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import PCG64, Generator
from numpy.typing import NDArray

from natocc.geometry import Image
from natocc.randomness import draw_range, draw_seed

_SIZES = (3, 5, 7)
_SIGMA = (0.2, 1.0)
_ANGLE = (-90.0, 90.0)
_BETA = (0.5, 8.0)
_NOISE = (0.9, 1.1)
# Share of a kernel's weight that may be omitted: a quarter of a level at full contrast.
_NEGLIGIBLE = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Blur:
    """``size`` odd, in pixels; ``sigma`` along the kernel's axes; ``angle`` in degrees."""

    size: int
    sigma: tuple[float, float]
    angle: float = 0.0
    beta: float = 1.0  # exponent: 1 is a Gaussian, more is flatter with steeper flanks
    noise_seed: int | None = None  # None: no noise on the kernel

    @property
    def radius(self) -> int:
        return self.size // 2


def draw_blur(rng: Generator, *, plain: bool = False) -> Blur:
    """Draw the blur with the paper's (Albumentations') default ranges; ``plain``: an upright Gaussian."""
    size = int(rng.choice(_SIZES))
    sigma = draw_range(rng, _SIGMA), draw_range(rng, _SIGMA)
    if plain:
        return Blur(size=size, sigma=sigma)
    angle = draw_range(rng, _ANGLE)
    steep = rng.random() >= 0.5
    beta = draw_range(rng, (1.0, _BETA[1]) if steep else (_BETA[0], 1.0))
    return Blur(size=size, sigma=sigma, angle=angle, beta=beta, noise_seed=draw_seed(rng))


def kernel_noise(blur: Blur) -> NDArray[np.float64]:
    """The multiplicative noise, size x size, regenerated from its seed; all ones without noise."""
    if blur.noise_seed is None:
        return np.ones((blur.size, blur.size))
    return Generator(PCG64(blur.noise_seed)).uniform(*_NOISE, size=(blur.size, blur.size))


def blur_kernel(blur: Blur) -> NDArray[np.float32]:
    """The normalised kernel, size x size: exp(-½ (xᵀ Σ⁻¹ x)^beta) times its noise."""
    axis = np.arange(blur.size) - blur.radius
    grid = np.stack(np.meshgrid(axis, axis), axis=-1).astype(np.float64)
    c, s = math.cos(math.radians(blur.angle)), math.sin(math.radians(blur.angle))
    turn = np.array([[c, -s], [s, c]])
    inverse = turn @ np.diag([1 / blur.sigma[0] ** 2, 1 / blur.sigma[1] ** 2]) @ turn.T
    distance = np.einsum("hwi,ij,hwj->hw", grid, inverse, grid)
    kernel = np.exp(-0.5 * distance**blur.beta) * kernel_noise(blur)
    return np.asarray(kernel / kernel.sum(), dtype=np.float32)


def apply_blur(image: Image, blur: Blur) -> Image:
    """Filter an HxWx3 image, mirrored at its borders."""
    if blur.beta == 1 and blur.angle == 0 and blur.noise_seed is None:
        size, (x, y) = (blur.size, blur.size), blur.sigma
        return cv2.GaussianBlur(image, size, x, sigmaY=y).astype(np.uint8, copy=False)
    return cv2.filter2D(image, -1, _without_the_slightest(blur_kernel(blur))).astype(np.uint8, copy=False)


def _without_the_slightest(kernel: NDArray[np.float32]) -> NDArray[np.float32]:
    """Set the kernel's smallest weights to zero, since only non-zero weights cost time in filtering."""
    order = np.argsort(kernel, axis=None, kind="stable")
    slight = order[: np.searchsorted(np.cumsum(kernel.reshape(-1)[order]), _NEGLIGIBLE)]
    kept = kernel.copy()
    kept.reshape(-1)[slight] = 0
    return np.asarray(kept / kept.sum(), dtype=np.float32)
