"""Harmonisation of an object with its surroundings, behind one interface.

``statistics`` is RAIN (RainNet, Ling et al., 2021) without training: the foreground takes on part of the
background's mean and standard deviation, in Lab instead of in feature space.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from natocc.colour.field import add_field, extend_field, reduce_layer, reduction
from natocc.colour.lut import Colours, apply_table, tabulate
from natocc.compositing import blend
from natocc.geometry import Box, Image

# Composite (RGB uint8 HxWx3), matte (uint8 of the box), box -> the box's new pixels.
Harmoniser = Callable[[Image, Image, Box], Image]

_STRIDE = 4
_CANDIDATES = 1 << 15
_DEVIATION_RATIO = (0.7, 1.4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    """Strength of the move towards the surroundings' statistics, 0 to 1."""

    lightness: float = 0.45
    chroma: float = 0.2
    contrast: float = 0.5


def harmonise_statistics(composite: Image, matte: Image, box: Box, strength: Strength | None = None) -> Image:
    """Shift and scale the object's Lab statistics towards the rest of the picture.

    ``composite`` RGB uint8 HxWx3; ``matte`` uint8 of the ``box``. Returns the box's new pixels. The change is
    computed at reduced size and added, so detail keeps its contrast. Pixels where the matte is 0 stay equal
    to the bit.
    """
    strength = strength or Strength()
    region = np.ascontiguousarray(composite[box.slices])
    inside, around = _inside(region, matte), _around(composite, matte, box)
    if inside.size == 0 or around.size == 0:
        return region
    front, back = _statistics(inside), _statistics(around)
    ratio = np.clip(back[1] / np.maximum(front[1], 1.0), *_DEVIATION_RATIO)
    gain = (1 + (ratio - 1) * strength.contrast).astype(np.float32)
    pull = np.array([strength.lightness, strength.chroma, strength.chroma], np.float32)
    centre = front[0] + (back[0] - front[0]) * pull

    def towards(colours: Colours) -> Colours:
        lab = _to_lab(colours)
        # Chroma is only shifted. Scaling it would make objects of a single colour blotchy.
        lab[..., 0] = (lab[..., 0] - front[0][0]) * gain[0] + centre[0]
        lab[..., 1:] += centre[1:] - front[0][1:]
        return _to_rgb(lab)

    solid = np.asarray(cv2.inRange(matte, 128, 255), np.uint8)
    small = reduce_layer(region, solid, reduction(matte.shape))
    mapped = apply_table(small.rgb, tabulate(towards))
    field = np.asarray(cv2.subtract(mapped, small.rgb, dtype=cv2.CV_32F), np.float32)
    if small.factor > 1:
        field = extend_field(field, small.share)
    return blend(region, add_field(region, field, small.factor), matte)


def _inside(region: Image, matte: Image) -> Image:
    """Pixels of the object, Nx3, on a grid of about 180 by 180 points over the matte."""
    stride = max(1, int((matte.size / _CANDIDATES) ** 0.5))
    return region[::stride, ::stride][matte[::stride, ::stride] > 127]


def _around(composite: Image, matte: Image, box: Box) -> Image:
    """Pixels of the rest of the picture, Nx3, on a grid."""
    grid = composite[::_STRIDE, ::_STRIDE]
    outside = np.ones(grid.shape[:2], bool)
    rows, columns = slice(-box.y0 % _STRIDE, None, _STRIDE), slice(-box.x0 % _STRIDE, None, _STRIDE)
    free = matte[rows, columns] == 0
    top, left = -(-box.y0 // _STRIDE), -(-box.x0 // _STRIDE)
    outside[top : top + free.shape[0], left : left + free.shape[1]] = free
    return grid[outside]


def _statistics(pixels: Image) -> tuple[Colours, Colours]:
    mean, deviation = cv2.meanStdDev(_to_lab(pixels.astype(np.float32))[None])
    return mean[:, 0].astype(np.float32), deviation[:, 0].astype(np.float32)


def _to_lab(rgb: Colours) -> Colours:
    flat = (rgb / np.float32(255)).reshape(1, -1, 3)
    return cast(Colours, cv2.cvtColor(flat, cv2.COLOR_RGB2LAB).reshape(rgb.shape))


def _to_rgb(lab: Colours) -> Colours:
    """RGB in 0-255; colours outside the gamut lose chroma, not lightness."""
    lab[..., 0] = np.clip(lab[..., 0], 0, 100)
    rgb = _raw_rgb(lab)
    for _ in range(6):
        out = ((rgb < -0.5) | (rgb > 255.5)).any(-1)
        if not out.any():
            break
        lab[out, 1:] *= np.float32(0.85)
        rgb = _raw_rgb(lab)
    return np.clip(rgb, 0, 255)


def _raw_rgb(lab: Colours) -> Colours:
    return cast(Colours, cv2.cvtColor(lab.reshape(1, -1, 3), cv2.COLOR_LAB2RGB).reshape(lab.shape) * 255)


HARMONISERS: Mapping[str, Harmoniser] = {"statistics": harmonise_statistics}
