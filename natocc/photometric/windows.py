"""Small windows of a picture, so that an estimate need not read the whole picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from natocc.geometry import Box, Image, mask_box

Plane = NDArray[np.float32]
Corners = NDArray[np.intp]

_STEP = 4  # pixels per pixel of the overview
CELL = 24  # pixels, side of a window
_CELL_STEPS = CELL // _STEP


@dataclass(frozen=True, slots=True)
class Windows:
    """Windows of 24x24 pixels: ``corners`` N x 2 (row, column), and the ``structure`` of each.

    Structure is the mean squared gradient of the luma reduced four times.
    """

    corners: Corners
    structure: Plane


def find_windows(image: Image, mask: Image) -> Windows:
    """The windows that lie wholly inside a mask. A mask smaller than a window has none.

    ``image`` RGB uint8 HxWx3; ``mask`` uint8 HxW, inside where non-zero. A margin of 4 to 8 pixels along the
    mask's edge is excluded.
    """
    box = mask_box(mask)
    rows, columns = box.height // _STEP // _CELL_STEPS, box.width // _STEP // _CELL_STEPS
    if rows == 0 or columns == 0:
        return Windows(np.zeros((0, 2), np.intp), np.zeros(0, np.float32))
    used = Box(box.x0, box.y0, box.x0 + columns * CELL, box.y0 + rows * CELL)
    size = columns * _CELL_STEPS, rows * _CELL_STEPS
    inside = cv2.resize(mask[used.slices], size, interpolation=cv2.INTER_NEAREST)
    inside = cv2.erode(inside, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0)
    reduced = cv2.resize(image[used.slices], size, interpolation=cv2.INTER_LINEAR)
    luma = cv2.cvtColor(reduced, cv2.COLOR_RGB2GRAY).astype(np.float32)
    energy = cv2.copyMakeBorder(gradient_energy(luma), 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    structure = _cell_means(energy.astype(np.float32, copy=False), rows, columns)
    whole = _cell_means((inside > 0).astype(np.float32), rows, columns) > 0.999
    row, column = np.nonzero(whole)
    corners = np.stack([box.y0 + row * CELL, box.x0 + column * CELL], axis=1)
    return Windows(corners, structure[whole])


def cut_windows(image: Image, corners: Corners, margin: int) -> Plane:
    """Luma (0-255) of windows widened by ``margin``, N x (24+2m) x (24+2m).

    Beyond the picture its border pixels are repeated.
    """
    height, width = image.shape[:2]
    side = CELL + 2 * margin
    strip = np.empty((len(corners), side, side, 3), np.uint8)
    for number, (y, x) in enumerate(corners.tolist()):
        y, x = y - margin, x - margin
        if y >= 0 and x >= 0 and y + side <= height and x + side <= width:
            strip[number] = image[y : y + side, x : x + side]
        else:
            rows = np.clip(np.arange(y, y + side), 0, height - 1)
            columns = np.clip(np.arange(x, x + side), 0, width - 1)
            strip[number] = image[rows[:, None], columns]
    luma = cv2.cvtColor(strip.reshape(-1, side, 3), cv2.COLOR_RGB2GRAY)
    return cast(Plane, luma.astype(np.float32).reshape(-1, side, side))


def gradient_energy(luma: Plane) -> Plane:
    """Squared central differences, (2 · gradient)², of the last two axes, each two shorter than given."""
    x = luma[..., 1:-1, 2:] - luma[..., 1:-1, :-2]
    y = luma[..., 2:, 1:-1] - luma[..., :-2, 1:-1]
    x *= x
    y *= y
    x += y
    return cast(Plane, x)


def _cell_means(plane: Plane, rows: int, columns: int) -> Plane:
    return cast(
        Plane, cv2.resize(plane, (columns, rows), interpolation=cv2.INTER_AREA).reshape(rows, columns)
    )
