"""The light, even ground behind a photographed thing, and how far each pixel is from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from natocc.geometry import Image
from natocc.verdicts import NotFound

Floats = NDArray[np.float32]

# Depth of the border from which the ground is told, as a share of the long side.
_RING = 0.02
# A ground is at least so light (L of 0-100) and at most so colourful (Lab units).
_LIGHT, _COLOURFUL = 45.0, 18.0
# How far from the ring's median, then from the fitted surface, a pixel of the ground may be: L, then a and b.
_NEAR, _FITTED = (18.0, 8.0), (9.0, 5.0)
# The thing enters by one side, so more than half of the border shows the ground.
_SHARE = 0.5
# A ground may scatter so much about the surface (L, median absolute deviation).
_EVEN = 4.0


@dataclass(frozen=True, slots=True)
class Apart:
    """How each pixel differs from the ground (float32 HxW, Lab units).

    ``darker`` is negative where a pixel is lighter. ``tint`` (float32 HxWx2) is the difference in a and b.
    ``noise`` is how far pixels of the ground themselves scatter.
    """

    darker: Floats
    tint: Floats
    noise: float

    @property
    def colour(self) -> Floats:
        """Length of the tint: shadows have little of it, skin has much."""
        return cast(Floats, cv2.magnitude(self.tint[..., 0], self.tint[..., 1]))


def apart_from_ground(rgb: Image) -> Apart | NotFound:
    """Fit a surface of second degree in x and y to the ground's Lab colours and subtract it.

    ``rgb`` (uint8 HxWx3) shows a thing on white or light grey, unevenly lit perhaps. The ground is told by
    the picture's border, most of which must show it.
    """
    lab = cast(Floats, cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB))
    ring = _ring(rgb.shape[:2])
    border = lab[ring]
    light = border[(border[:, 0] > _LIGHT) & (np.hypot(border[:, 1], border[:, 2]) < _COLOURFUL)]
    # np.median of nothing warns.
    middle = np.median(light, axis=0) if len(light) else np.zeros(3, np.float32)
    share = float(_within(border - middle, _NEAR).mean()) if len(light) else 0.0
    if share < _SHARE:
        got = f"one such colour in {100 * share:.0f} % of its border"
        return NotFound("a photograph on white or light grey", got)
    basis = _basis(rgb.shape[:2])
    known = ring & _within(lab - middle, _NEAR)
    for _ in range(3):
        surface = basis @ _fit(basis[known], lab[known])
        away = lab - surface
        # What the hand hides is not known, what lies free of it is.
        known = _within(away, _FITTED)
    seen = ring & _within(lab - middle, _NEAR)
    scatter = float(np.median(np.abs(away[..., 0][seen])))
    if scatter > _EVEN:
        return NotFound("an even ground", f"one that varies by {scatter:.0f} of 100 levels of lightness")
    return Apart(-away[..., 0], np.ascontiguousarray(away[..., 1:]), 1.4826 * scatter)


def _ring(size: tuple[int, int]) -> NDArray[np.bool_]:
    depth = max(2, round(_RING * max(size)))
    ring = np.ones(size, np.bool_)
    ring[depth:-depth, depth:-depth] = False
    return ring


def _basis(size: tuple[int, int]) -> Floats:
    """HxWx6: the monomials of x and y up to second degree, each over -1 to 1."""
    y, x = np.meshgrid(*(np.linspace(-1, 1, side, dtype=np.float32) for side in size), indexing="ij")
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1)


def _fit(basis: Floats, colours: Floats) -> Floats:
    """Least squares by the normal equations: six unknowns a channel, however many pixels."""
    wide = basis.astype(np.float64)
    solved = np.linalg.lstsq(wide.T @ wide, wide.T @ colours.astype(np.float64), rcond=None)[0]
    return cast(Floats, solved.astype(np.float32))


def _within(away: Floats, reach: tuple[float, float]) -> NDArray[np.bool_]:
    lightness, colour = reach
    near = (np.abs(away[..., 0]) < lightness) & (np.hypot(away[..., 1], away[..., 2]) < colour)
    return near
