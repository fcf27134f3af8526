"""A face reduced for the checks: Lab colours, parts and a mask of about eighty pixels."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from natocc.geometry import BoolArray, Box, Float32Array, Image, mask_box
from natocc.masks.policy import NOT_FACE
from natocc.resize.scale import scaled_size

# Long side of the mask's box, and the margin around it, in reduced pixels.
_SIDE, _MARGIN = 80, 8
# Parts inside the skin whose colours differ from skin.
_FEATURES = ("l_eye", "r_eye", "l_brow", "r_brow", "mouth", "u_lip", "l_lip")

# Eyes with brows, and mouth: top and bottom as shares of the mask's height, margin at either side as a share
# of its width.
_TYPICAL = ((0.28, 0.52, 0.05), (0.68, 0.88, 0.25))


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A mask and its surroundings, reduced. All planes HxW of one size.

    ``lab`` float32 HxWx3: L 0-100, a and b about ±100. ``features`` are eyes, brows and mouth with a
    rim; ``nose`` is the nose with a rim; ``other`` are the parts that are not face.
    """

    lab: Float32Array
    mask: BoolArray
    features: BoolArray
    nose: BoolArray
    other: BoolArray
    box: Box  # of the surroundings, in pixels of the masks
    scale: float  # reduced pixels per pixel of the masks


def reduce_face(rgb: Image, parts: Mapping[str, Image], mask: Image) -> View:
    """Crop to the mask's surroundings and reduce.

    ``rgb`` uint8 HxWx3; ``parts`` and ``mask`` uint8 HxW, 0 or 255; ``mask`` must not be empty.
    """
    tight = mask_box(mask)
    longest = max(tight.width, tight.height)
    scale = _SIDE / longest
    grown = tight.grow(round(_MARGIN / scale), (mask.shape[0], mask.shape[1]))
    halvings = max(0, int(math.log2(min(longest / _SIDE, grown.width, grown.height))))
    box = _divisible(grown, 2**halvings)
    size = scaled_size((box.height, box.width), scale)[::-1]
    small = _reduce(rgb[box.slices], halvings, size)
    lab = cv2.cvtColor(small.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB)
    inside = _reduce(mask[box.slices], halvings, size) > 127
    features = _union(parts, _FEATURES, box, size)
    return View(
        lab=cast(Float32Array, lab),
        mask=inside,
        features=_widened(features if features.any() else _typical_features(inside), 2),
        nose=_widened(_union(parts, ("nose",), box, size), 3),
        other=_union(parts, NOT_FACE, box, size) > 0,
        box=box,
        scale=scale,
    )


def reduce_part(part: Image, view: View) -> Image:
    """A part mask in the view's frame: uint8 HxW, 0 or 1."""
    height, width = view.mask.shape
    small = cv2.resize(part[view.box.slices], (width, height), interpolation=cv2.INTER_NEAREST)
    return cast(Image, (small > 0).astype(np.uint8))


def _typical_features(mask: BoolArray) -> Image:
    """The usual places of eyes, brows and mouth in the mask of an upright face, if none is annotated."""
    plane = np.zeros(mask.shape, np.uint8)
    box = mask_box(mask)
    for top, bottom, side in _TYPICAL:
        rows = slice(box.y0 + round(top * box.height), box.y0 + round(bottom * box.height))
        plane[rows, box.x0 + round(side * box.width) : box.x1 - round(side * box.width)] = 1
    return plane


def _divisible(box: Box, by: int) -> Box:
    """The box without its last rows and columns, so that its sides are divisible by ``by``."""
    return Box(box.x0, box.y0, box.x1 - box.width % by, box.y1 - box.height % by)


def _reduce(picture: Image, halvings: int, size: tuple[int, int]) -> Image:
    """Reduce by area averages. Halvings come first, since they cost a tenth of other factors."""
    for _ in range(halvings):
        half = picture.shape[1] // 2, picture.shape[0] // 2
        picture = cast(Image, cv2.resize(picture, half, interpolation=cv2.INTER_AREA))
    flags = cv2.INTER_AREA if size[0] < picture.shape[1] else cv2.INTER_LINEAR
    return cast(Image, cv2.resize(picture, size, interpolation=flags))


def _union(parts: Mapping[str, Image], names: tuple[str, ...], box: Box, size: tuple[int, int]) -> Image:
    union = np.zeros(size[::-1], np.uint8)
    for name in names:
        if name in parts:
            union |= cv2.resize(parts[name][box.slices], size, interpolation=cv2.INTER_NEAREST)
    return union


def _widened(plane: Image, by: int) -> BoolArray:
    return cv2.dilate(plane, np.ones((2 * by + 1, 2 * by + 1), np.uint8)) > 0
