"""A face reduced to what suspicion looks at: some eighty pixels of mask, in Lab, with its parts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from natocc.geometry import Box, Image, mask_box
from natocc.masks.policy import NOT_FACE
from natocc.resize.scale import scaled_size

# Long side of the mask's box, and what is seen around it, in reduced pixels.
SIDE, MARGIN = 80, 8
# Inside the skin, but of other colours.
FEATURES = ("l_eye", "r_eye", "l_brow", "r_brow", "mouth", "u_lip", "l_lip")

# Eyes with brows, mouth: from, to as shares of the mask's height, and the shares of its width beside them.
_TYPICAL = ((0.28, 0.52, 0.05), (0.68, 0.88, 0.25))

Plane = NDArray[np.float32]
Bits = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The surroundings of a mask, reduced. All planes HxW of one size.

    ``lab`` float32 HxWx3: L 0-100, a and b about ±100. ``features`` are eyes, brows and mouth with a
    rim; ``nose`` the nose with a rim; ``other`` the parts that are no face.
    """

    lab: Plane
    mask: Bits
    features: Bits
    nose: Bits
    other: Bits
    box: Box  # of the surroundings, in pixels of the masks
    scale: float  # reduced pixels a pixel of the masks


def look(rgb: Image, parts: Mapping[str, Image], mask: Image) -> View:
    """Cut out and reduce. ``mask`` must not be empty."""
    tight = mask_box(mask)
    longest = max(tight.width, tight.height)
    scale = SIDE / longest
    grown = tight.grow(round(MARGIN / scale), (mask.shape[0], mask.shape[1]))
    halvings = max(0, int(math.log2(min(longest / SIDE, grown.width, grown.height))))
    box = _divisible(grown, 2**halvings)
    size = scaled_size((box.height, box.width), scale)[::-1]
    small = _reduce(rgb[box.slices], halvings, size)
    lab = cv2.cvtColor(small.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB)
    inside = _reduce(mask[box.slices], halvings, size) > 127
    features = _union(parts, FEATURES, box, size)
    return View(
        lab=cast(Plane, lab),
        mask=inside,
        features=_widened(features if features.any() else _typical_features(inside), 2),
        nose=_widened(_union(parts, ("nose",), box, size), 3),
        other=_union(parts, NOT_FACE, box, size) > 0,
        box=box,
        scale=scale,
    )


def reduced(part: Image, view: View) -> Image:
    """A part as the view would have it: uint8 HxW, 0 or 1."""
    height, width = view.mask.shape
    small = cv2.resize(part[view.box.slices], (width, height), interpolation=cv2.INTER_NEAREST)
    return cast(Image, (small > 0).astype(np.uint8))


def _typical_features(mask: Bits) -> Image:
    """Where eyes, brows and mouth mostly lie in an upright face's mask, for faces without their parts."""
    plane = np.zeros(mask.shape, np.uint8)
    box = mask_box(mask)
    for top, bottom, side in _TYPICAL:
        rows = slice(box.y0 + round(top * box.height), box.y0 + round(bottom * box.height))
        plane[rows, box.x0 + round(side * box.width) : box.x1 - round(side * box.width)] = 1
    return plane


def _divisible(box: Box, by: int) -> Box:
    """The box without the last rows and columns that halving would leave over."""
    return Box(box.x0, box.y0, box.x1 - box.width % by, box.y1 - box.height % by)


def _reduce(picture: Image, halvings: int, size: tuple[int, int]) -> Image:
    """Area averages; whole halves first, which cost a tenth of what odd factors do."""
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


def _widened(plane: Image, by: int) -> Bits:
    return cv2.dilate(plane, np.ones((2 * by + 1, 2 * by + 1), np.uint8)) > 0
