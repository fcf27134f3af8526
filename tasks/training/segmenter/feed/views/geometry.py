"""Picture and label turned, shifted, scaled and mirrored together."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from natocc.geometry import Image
from natocc.masks.sides import SIDE_PAIRS


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """How the content moves: mirrored first, then turned counter-clockwise by ``degrees`` about the centre,
    scaled by ``scale``, and shifted by (``right``, ``down``) sides.
    """

    mirrored: bool = False
    degrees: float = 0.0
    scale: float = 1.0
    right: float = 0.0
    down: float = 0.0


def move_sample(
    image: Image, label: Image, movement: Movement, *, parsing: bool, outside: int
) -> tuple[Image, Image]:
    """Move picture (uint8 SxSx3) and label (uint8 SxS) alike.

    Beyond the border the picture is black and the label ``outside``. Mirrored, the left and right classes of
    a parsing map are exchanged, whose sides are the image's.
    """
    if movement.mirrored:
        image, label = (cv2.flip(one, 1).astype(np.uint8, copy=False) for one in (image, label))
        if parsing:
            label = _exchanged()[label]
    if (movement.degrees, movement.scale, movement.right, movement.down) == (0, 1, 0, 0):
        return image, label
    side = image.shape[0]
    matrix = _matrix(movement, side)
    size = (side, side)
    moved = cv2.warpAffine(image, matrix, size, flags=cv2.INTER_LINEAR, borderValue=(0, 0, 0))
    moved_label = cv2.warpAffine(label, matrix, size, flags=cv2.INTER_NEAREST, borderValue=(outside,))
    return moved.astype(np.uint8, copy=False), moved_label.astype(np.uint8, copy=False)


def _matrix(movement: Movement, side: int) -> NDArray[np.float64]:
    """From positions in the old picture to those in the new one, in pixels."""
    angle = math.radians(movement.degrees)
    cosine, sine = (movement.scale * one for one in (math.cos(angle), math.sin(angle)))
    turn = np.array([[cosine, sine], [-sine, cosine]])
    centre = np.full(2, (side - 1) / 2)
    shift = centre - turn @ centre + side * np.array([movement.right, movement.down])
    return np.column_stack([turn, shift])


def _exchanged() -> NDArray[np.uint8]:
    table = np.arange(256, dtype=np.uint8)
    for left, right in SIDE_PAIRS:
        table[left], table[right] = right, left
    return table
