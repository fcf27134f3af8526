"""The soft shadow of an occluder close to the skin. Shadowed skin is face, so labels do not change."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.random import Generator

from natocc.face import Face
from natocc.geometry import Box, Image, mask_box
from natocc.occluders.occluder import Layer
from natocc.photometric.light import Light
from natocc.randomness import draw_range

# Relative to the face's width, as for a finger on or just in front of the skin.
_DISTANCE = (0.02, 0.055)
_SOFTNESS = (0.025, 0.06)
_STRENGTH = (0.2, 0.45)
_SPREAD = 50.0  # degrees to either side of the light's direction
_FROM_ABOVE = 0.4  # light from above that is always added, in units of Light

_GRID = 160  # cells across the face's width, at most
_CONTACT = 0.5  # the contact shade all around, relative to the shadow's strength
# Surrounding skin reddens the light that reaches a shadow on skin.
_WARMTH = np.array([0.92, 1.0, 1.05])


@dataclass(frozen=True, slots=True, kw_only=True)
class Shadow:
    """Lengths in units of the width of the face's box."""

    offset: tuple[float, float]  # x to the right, y down
    softness: float  # half the width of the edge
    strength: float  # the share of the light that is missing at the darkest point


def draw_shadow(rng: Generator, light: Light | None = None) -> Shadow:
    """Draw a shadow that falls away from the face's light, or downwards if the light is unknown."""
    gx, gy = (0.0, 0.0) if light is None else (light.gx, light.gy)
    angle = math.atan2(_FROM_ABOVE - gy, -gx) + math.radians(draw_range(rng, (-_SPREAD, _SPREAD)))
    distance = draw_range(rng, _DISTANCE)
    return Shadow(
        offset=(distance * math.cos(angle), distance * math.sin(angle)),
        softness=draw_range(rng, _SOFTNESS),
        strength=draw_range(rng, _STRENGTH),
    )


def cast_shadow(face: Face, layer: Layer, params: Shadow) -> tuple[Image, Box, int]:
    """The face's pixels darkened by the shadow, before the occluder is laid on them.

    Returns RGB uint8 of a box that encloses the layer's box, the enclosing box, and the reach. Pixels farther
    than the reach, in either axis, from the matte's pixels above 0 do not change. The shadow falls only on
    the face's mask and fades towards its edge.
    """
    cell = max(1, round(face.box.width / _GRID))
    move = tuple(part * face.box.width / cell for part in params.offset)
    radius = max(1, round(params.softness * face.box.width / (2 * cell)))
    # Reach of the shadow beyond the matte in cells: offset, two box filters, linear enlarging.
    margin = max(math.ceil(abs(part)) for part in move) + 2 * radius + 2
    reach = margin * cell
    region = layer.box.grow(reach, face.size)
    pixels = face.image[region.slices].copy()
    if layer.box.empty or params.strength <= 0:
        return pixels, region, reach
    shade = _shade(layer.matte, cell, margin, radius, move, _goes_on(layer.box, face.size))
    corner = layer.box.x0 - reach, layer.box.y0 - reach
    shade = _on_face(shade, face.mask, corner, cell, radius)
    shaded = mask_box(shade)
    if not shaded.empty:
        _darken(pixels, region, shade, shaded, corner, cell, params.strength)
    return pixels, region, reach


def _goes_on(box: Box, canvas: tuple[int, int]) -> tuple[bool, bool, bool, bool]:
    """Return whether the occluder continues beyond the picture at its top, bottom, left and right."""
    return box.y0 == 0, box.y1 == canvas[0], box.x0 == 0, box.x1 == canvas[1]


def _shade(
    matte: Image,
    cell: int,
    margin: int,
    radius: int,
    move: tuple[float, ...],
    goes_on: tuple[bool, bool, bool, bool],
) -> Image:
    """The shadow's depth, 0-255, per cell; its grid begins ``margin`` cells before the matte's corner."""
    height, width = matte.shape
    rows, columns = -(-height // cell), -(-width // cell)
    even = cv2.copyMakeBorder(matte, 0, rows * cell - height, 0, columns * cell - width, cv2.BORDER_REPLICATE)
    reduced = cv2.resize(even, (columns, rows), interpolation=cv2.INTER_AREA)
    inside = [margin if on else 0 for on in goes_on]
    small = cv2.copyMakeBorder(reduced, *inside, cv2.BORDER_REPLICATE)  # type: ignore[call-overload]
    beyond = [0 if on else margin for on in goes_on]
    small = cv2.copyMakeBorder(small, *beyond, cv2.BORDER_CONSTANT, value=0)  # type: ignore[call-overload]
    shift = np.array([[1.0, 0.0, move[0]], [0.0, 1.0, move[1]]])
    cast_away = cv2.warpAffine(small, shift, small.shape[::-1], flags=cv2.INTER_LINEAR)
    size = 2 * radius + 1
    for _ in range(2):
        cast_away = cv2.blur(cast_away, (size, size))
    contact = cv2.convertScaleAbs(cv2.blur(small, (size, size)), alpha=_CONTACT)
    return cast(Image, cv2.max(cast_away, contact))


def _on_face(shade: Image, mask: Image, corner: tuple[int, int], cell: int, radius: int) -> Image:
    """The shade times the face's mask, eroded by the width of its soft edge."""
    rows = np.clip(corner[1] + np.arange(shade.shape[0]) * cell + cell // 2, 0, mask.shape[0] - 1)
    columns = np.clip(corner[0] + np.arange(shade.shape[1]) * cell + cell // 2, 0, mask.shape[1] - 1)
    face = mask[rows[:, None], columns] * np.uint8(255)
    # One cell more than the blur needs, for the enlarging.
    kernel = np.ones((2 * radius + 3, 2 * radius + 3), np.uint8)
    inner = cv2.erode(face, kernel, borderType=cv2.BORDER_REPLICATE)
    fading = cv2.blur(inner, (2 * radius + 1, 2 * radius + 1))
    return cast(Image, cv2.multiply(shade, fading, scale=1 / 255))


def _darken(
    pixels: Image, region: Box, shade: Image, shaded: Box, corner: tuple[int, int], cell: int, strength: float
) -> None:
    """Multiply the pixels of the shaded cells and of one cell around them, in place."""
    cells = shaded.grow(1, (shade.shape[0], shade.shape[1]))
    table = np.rint(255 * (1 - strength * _WARMTH * np.arange(256)[:, None] / 255)).clip(0, 255)
    gain = cv2.LUT(cv2.merge([shade[cells.slices]] * 3), table.astype(np.uint8).reshape(1, 256, 3))
    size = cells.width * cell, cells.height * cell
    gain = cv2.resize(gain, size, interpolation=cv2.INTER_LINEAR)
    x0, y0 = corner[0] + cells.x0 * cell, corner[1] + cells.y0 * cell
    left, top = max(region.x0, x0), max(region.y0, y0)
    right, bottom = min(region.x1, x0 + size[0]), min(region.y1, y0 + size[1])
    if left >= right or top >= bottom:
        return
    target = pixels[top - region.y0 : bottom - region.y0, left - region.x0 : right - region.x0]
    gain = gain[top - y0 : bottom - y0, left - x0 : right - x0]
    target[:] = cv2.multiply(target, gain, scale=1 / 255)
