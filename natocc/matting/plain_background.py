"""The light, even background of a photographed object, and how far each pixel is from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from natocc.geometry import BoolArray, Float32Array, Image
from natocc.verdicts import NotFound

# Width of the border ring in which the background is searched, as a share of the long side.
_RING = 0.02
# Least lightness (L of 0-100) and largest chroma (Lab units) of a background.
_LIGHT, _COLOURFUL = 45.0, 18.0
# Largest distance of a background pixel from the ring's median, then from the fitted surface; each in L, then
# in a and b together.
_NEAR, _FITTED = (18.0, 8.0), (9.0, 5.0)
# Least share of the border that shows the background, since the object enters from one side.
_SHARE = 0.5
# Largest scatter of a background about the surface (L, median absolute deviation).
_EVEN = 4.0
_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Difference:
    """How each pixel differs from the background (float32 HxW, Lab units).

    ``darker`` is negative where a pixel is lighter. ``tint`` (float32 HxWx2) is the difference in a and b.
    ``noise`` is the scatter (standard deviation) of the background's own lightness.
    """

    darker: Float32Array
    tint: Float32Array
    noise: float

    @property
    def colour(self) -> Float32Array:
        """Length of the tint vector: small in shadows, large on skin."""
        return cast(Float32Array, cv2.magnitude(self.tint[..., 0], self.tint[..., 1]))


def subtract_background(rgb: Image) -> Difference | NotFound:
    """Fit a surface of second degree in x and y to the background's Lab colours and subtract it.

    ``rgb`` (uint8 HxWx3) shows an object on white or light grey, which may be unevenly lit. The background is
    found at the picture's border and must cover most of it.
    """
    lab = cast(Float32Array, cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB))
    ring = _ring(rgb.shape[:2])
    border = lab[ring]
    light = border[(border[:, 0] > _LIGHT) & (np.hypot(border[:, 1], border[:, 2]) < _COLOURFUL)]
    # np.median of an empty array warns.
    middle = np.median(light, axis=0) if len(light) else np.zeros(3, np.float32)
    share = float(_within(border - middle, _NEAR).mean()) if len(light) else 0.0
    if share < _SHARE:
        got = f"one such colour in {100 * share:.0f} % of its border"
        return NotFound("a photograph on white or light grey", got)
    seen = ring & _within(lab - middle, _NEAR)
    away = _away_from_surface(lab, seen)
    scatter = float(np.median(np.abs(away[..., 0][seen])))
    if scatter > _EVEN:
        return NotFound("an even background", f"one that varies by {scatter:.0f} of 100 levels of lightness")
    return Difference(-away[..., 0], np.ascontiguousarray(away[..., 1:]), 1.4826 * scatter)


def _away_from_surface(lab: Float32Array, known: BoolArray) -> Float32Array:
    """The colours minus a surface, fitted to the ``known`` pixels and again to all pixels near it."""
    basis = _basis(lab.shape[:2])
    for _ in range(_ROUNDS):
        away = cast(Float32Array, lab - basis @ _fit(basis[known], lab[known]))
        known = _within(away, _FITTED)
    return away


def _ring(size: tuple[int, int]) -> BoolArray:
    depth = max(2, round(_RING * max(size)))
    ring = np.ones(size, np.bool_)
    ring[depth:-depth, depth:-depth] = False
    return ring


def _basis(size: tuple[int, int]) -> Float32Array:
    """HxWx6: the monomials of x and y up to second degree, each over -1 to 1."""
    y, x = np.meshgrid(*(np.linspace(-1, 1, side, dtype=np.float32) for side in size), indexing="ij")
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1)


def _fit(basis: Float32Array, colours: Float32Array) -> Float32Array:
    """Least squares by the normal equations, with six unknowns per channel."""
    wide = basis.astype(np.float64)
    solved = np.linalg.lstsq(wide.T @ wide, wide.T @ colours.astype(np.float64), rcond=None)[0]
    return cast(Float32Array, solved.astype(np.float32))


def _within(away: Float32Array, reach: tuple[float, float]) -> BoolArray:
    lightness, colour = reach
    near = (np.abs(away[..., 0]) < lightness) & (np.hypot(away[..., 1], away[..., 2]) < colour)
    return near
