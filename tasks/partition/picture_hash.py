"""A perceptual hash: alike for copies of a picture that were compressed, scaled, mirrored or cropped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from natocc.geometry import Image

# The side at which pictures are compared, and the side of the block of lowest frequencies that is hashed.
_SIDE, _BLOCK = 32, 8
# Blur that separates detail from light and shade, in pixels, and the contrast below which detail is noise.
_BLUR, _NOISE = 4.0, 4.0
# How far the picture's corners may move from one copy to the other, as a share of its side.
_MOST_MOVED = 0.08
_UNTIL = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 30, 1e-4)
_CORNERS = np.array([[x, y, 1] for x in (0, _SIDE) for y in (0, _SIDE)], np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class PictureHash:
    """``bits`` and ``mirrored`` are 63 bits in 64; ``small`` is the picture, uint8 32x32."""

    bits: int
    mirrored: int
    small: Image
    aspect: float  # width over height


def hash_picture(grey: Image) -> PictureHash:
    """The hash of a picture, uint8 HxW."""
    height, width = grey.shape
    small = cv2.resize(grey, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    waves = cv2.dct(small.astype(np.float32))[:_BLOCK, :_BLOCK]
    flipped = waves * np.where(np.arange(_BLOCK) % 2, -1, 1)
    return PictureHash(_bits(waves), _bits(flipped), small, width / height)


def likeness(first: PictureHash, second: PictureHash, *, mirrored: bool) -> float:
    """The correlation of the details of two pictures after the best small shift, scale and turn, at most 1.

    ``mirrored`` compares with the mirror image of the second. -1 if the pictures do not come to lie over each
    other.
    """
    other = np.ascontiguousarray(second.small[:, ::-1]) if mirrored else second.small
    identity = np.eye(2, 3, dtype=np.float32)
    try:
        found, warp = cv2.findTransformECC(
            _detail(first.small), _detail(other), identity, cv2.MOTION_AFFINE, _UNTIL
        )
    except cv2.error:  # they have nothing in common, or no detail
        return -1.0
    moved = np.abs(_CORNERS @ np.asarray(warp).T - _CORNERS[:, :2]).max()
    return float(found) if moved <= _MOST_MOVED * _SIDE else -1.0


def _bits(waves: NDArray[Any]) -> int:
    """A bit for each frequency but the mean: whether it is above the median."""
    rest = waves.reshape(-1)[1:]
    return int.from_bytes(np.packbits(rest > np.median(rest)).tobytes())


def _detail(small: Image) -> NDArray[np.float32]:
    """The picture without its light and shade, of even contrast."""
    plane = small.astype(np.float32)
    plane -= cv2.GaussianBlur(plane, (0, 0), _BLUR)
    contrast = np.sqrt(cv2.GaussianBlur(plane * plane, (0, 0), _BLUR))
    return (plane / (contrast + _NOISE)).astype(np.float32)
