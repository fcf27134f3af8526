"""Colour changes as fields at reduced size. The layer to which a field is added keeps its detail."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from natocc.colour.lut import Colours
from natocc.geometry import Image

# Least size of a reduced layer, in pixels (geometric mean of its sides).
_ACROSS = 64
_FACTORS = (8, 4, 2)
# Weight of the mean motion. The others are 1 to 255, so the mean counts only where they are absent.
_LITTLE = np.float32(0.01)
_REST = 0.75


@dataclass(frozen=True, slots=True)
class Reduced:
    """The colours of a mask's pixels, averaged over blocks of ``factor`` x ``factor`` pixels.

    ``rgb`` (uint8 HxWx3) is 0 where a block has no pixel of the mask; ``share`` (uint8 HxW, 0-255) is the
    fraction of the block that lies in the mask.
    """

    factor: int
    rgb: Image
    share: Image


def reduction(size: tuple[int, int]) -> int:
    """The factor, 1, 2, 4 or 8, for a layer of (height, width)."""
    across = (size[0] * size[1]) ** 0.5
    return next((factor for factor in _FACTORS if across >= factor * _ACROSS), 1)


def reduce_layer(image: Image, solid: Image, factor: int) -> Reduced:
    """Averages over blocks of the pixels where ``solid`` (uint8 HxW, 0 or 255) is set."""
    if factor == 1:
        return Reduced(1, image, solid)
    height, width = (side + -side % factor for side in solid.shape)
    rgb, share = np.zeros((height, width, 3), np.uint8), np.zeros((height, width), np.uint8)
    inside = slice(0, solid.shape[0]), slice(0, solid.shape[1])
    cv2.copyTo(image, solid, rgb[inside])
    share[inside] = solid
    # Halving is several times as fast as one step.
    for _ in range(factor.bit_length() - 1):
        height, width = height // 2, width // 2
        rgb = cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
        share = cv2.resize(share, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    rgb = cv2.divide(rgb, cv2.merge([share] * 3), scale=255).astype(np.uint8, copy=False)
    return Reduced(factor, rgb, share)


def extend_field(field: Colours, share: Image) -> Colours:
    """The field (float32 HxWx3) continued into the blocks that lie mostly outside the mask.

    Blocks at the mask's edge take the mean of their neighbours. Blocks farther out take the mean of the whole
    field. Linear interpolation therefore mixes in no background.
    """
    weight = cv2.merge([share.astype(np.float32)] * 3)
    sums, weights = (
        cv2.boxFilter(plane, -1, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT)
        for plane in (cv2.multiply(field, weight), weight)
    )
    mean = np.array(cv2.mean(field, share)[:3], np.float32)
    around = (sums + _LITTLE * mean) / (weights + _LITTLE)
    inside = cv2.threshold(share, 127, 255, cv2.THRESH_BINARY)[1]
    return np.asarray(cv2.copyTo(field, inside, around), dtype=np.float32)


def within_range(image: Image, field: Colours) -> Colours:
    """The field (of the image's size) limited to three quarters of each pixel's distance from 0 and 255.

    Bright pixels that all move up thus keep their differences instead of becoming white.
    """
    up = (255 - image) * np.float32(_REST)
    return np.clip(field, image * np.float32(-_REST), up)


def add_field(image: Image, field: Colours, factor: int) -> Image:
    """Enlarge the field linearly and add it to the image."""
    if factor > 1:
        size = field.shape[1] * factor, field.shape[0] * factor
        large = cv2.resize(field, size, interpolation=cv2.INTER_LINEAR)
        field = large[: image.shape[0], : image.shape[1]].astype(np.float32, copy=False)
    return np.asarray(cv2.add(image, field, dtype=cv2.CV_8U), dtype=np.uint8)
