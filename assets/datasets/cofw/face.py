"""One face of COFW: its landmarks, occlusion bits and box, checked against its image."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assets.datasets.cofw.arrays import LANDMARKS, Rows
from assets.problems import BadInput, damage_named
from natocc.files.read import check_pixels

_IMAGE = "an 8-bit image of 1 or 3 channels"
# How far outside the image an estimated landmark may lie, as a share of the image's side, and how many may.
_OUTSIDE, _MOST_OUTSIDE = 0.25, 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class CofwFace:
    """One row of a file. Positions are as stored, in pixels of the image, x before y."""

    file: Path
    index: int  # row, counted from 0
    split: str  # "train" or "test"
    genuine: bool  # from COFW itself, not from LFPW
    height: int
    width: int
    grey: bool  # stored without colours
    landmarks: tuple[tuple[float, float], ...]  # 29
    occluded: tuple[bool, ...]  # 29
    box: tuple[float, float, float, float]  # x, y, width, height

    @property
    def id(self) -> str:
        return f"{self.split}_{self.index:05d}"

    @property
    def landmarks_outside(self) -> bool:
        """Whether a landmark lies outside the image."""
        return bool(_distance_outside(np.asarray(self.landmarks), self.width, self.height).any())

    @property
    def box_outside(self) -> bool:
        """Whether the box reaches beyond the image by more than a pixel."""
        x, y, width, height = self.box
        return x < -1 or y < -1 or x + width > self.width + 1 or y + height > self.height + 1


def check_row(points: Rows, box: Rows, width: int, height: int) -> None:
    """Raise BadInput for landmarks (87), bits or a box (4) that cannot be those of an image of this size."""
    if not np.isfinite(points).all():
        raise BadInput(f"{LANDMARKS} landmarks", "values that are not finite")
    bits = points[2 * LANDMARKS :]
    if not np.isin(bits, (0, 1)).all():
        raise BadInput("occlusion bits of 0 and 1", f"{bits[~np.isin(bits, (0, 1))][0]:g}")
    x, y, wide, tall = (float(value) for value in box)
    if not all(map(math.isfinite, (x, y))) or not 0 < wide < math.inf or not 0 < tall < math.inf:
        raise BadInput("a box (x, y, width, height) with an area", f"{[x, y, wide, tall]}")
    corners = points[: 2 * LANDMARKS].reshape(2, LANDMARKS).T
    distance = _distance_outside(corners, width, height)
    outside = distance.any(axis=1)
    far = (distance > _OUTSIDE * np.array([width, height])).any(axis=1)
    if far.any() or outside.mean() > _MOST_OUTSIDE:
        first = corners[far if far.any() else outside][0]
        got = f"{int(outside.sum())} of {LANDMARKS} outside, the first at ({first[0]:g}, {first[1]:g})"
        raise BadInput(f"landmarks on the image of {width}x{height}", got)
    if x >= width or y >= height or x + wide <= 0 or y + tall <= 0:
        raise BadInput(f"a box on the image of {width}x{height}", f"{[x, y, wide, tall]}")


def image_shape(stored: Any, cell: Any) -> tuple[int, ...]:
    """(channels, width, height) or (width, height) of the image that a cell refers to. Raises BadInput."""
    with damage_named("an image"):
        image = stored[cell] if cell else None
    if image is None or not hasattr(image, "dtype"):
        raise BadInput("an image", "an empty cell" if image is None else "another kind of cell")
    shape: tuple[int, ...] = image.shape
    channels = shape[0] if len(shape) == 3 else 1
    if image.dtype != np.uint8 or len(shape) not in (2, 3) or channels not in (1, 3) or 0 in shape:
        axes = "x".join(str(length) for length in shape)
        raise BadInput(_IMAGE, f"{image.dtype} with axes {axes}")
    if fault := check_pixels(shape[-2], shape[-1]):
        raise BadInput(_IMAGE, fault)
    return shape


def _distance_outside(corners: Rows, width: int, height: int) -> Rows:
    """How far each landmark (n x 2) lies outside the image, by x and y. MATLAB counts pixels from 1."""
    size = np.array([width, height], np.float64) + 1
    return np.asarray(np.maximum(np.maximum(-corners, corners - size), 0))
