"""Types of arrays, boxes and affine matrices.

A matrix maps source (x, y) to canvas (x, y), pixel centres on integers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Matrix = NDArray[np.float64]
Float32Array = NDArray[np.float32]
Float64Array = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

# How far (canvas pixels) anti-aliasing and the softest matte reach beyond an object's edge.
_SOFT_EDGE = 8


@dataclass(frozen=True, slots=True)
class Box:
    """Pixels x0 ≤ x < x1, y0 ≤ y < y1."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def width(self) -> int:
        return max(0, self.x1 - self.x0)

    @property
    def height(self) -> int:
        return max(0, self.y1 - self.y0)

    @property
    def empty(self) -> bool:
        return self.width == 0 or self.height == 0

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns, for indexing an HxW array."""
        return slice(self.y0, self.y1), slice(self.x0, self.x1)

    def grow(self, margin: int, canvas: tuple[int, int]) -> Box:
        """The box widened by ``margin`` on every side and cut to a canvas of (height, width)."""
        height, width = canvas
        return Box(
            min(max(self.x0 - margin, 0), width),
            min(max(self.y0 - margin, 0), height),
            max(min(self.x1 + margin, width), 0),
            max(min(self.y1 + margin, height), 0),
        )


def mask_box(mask: NDArray[Any]) -> Box:
    """Bounding box of the non-zero pixels; an empty box for an empty mask."""
    x, y, width, height = cv2.boundingRect(np.ascontiguousarray(mask, dtype=np.uint8))
    return Box(x, y, x + width, y + height)


def translation(x: float, y: float) -> Matrix:
    return np.array([[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]])


def scaling(x: float, y: float) -> Matrix:
    """Scale about the origin."""
    return np.diag([x, y, 1.0])


def resizing(x: float, y: float) -> Matrix:
    """Scale as an image resize does: about the corner of pixel (0, 0), whose centre is the origin."""
    return np.array([[x, 0.0, (x - 1) / 2], [0.0, y, (y - 1) / 2], [0.0, 0.0, 1.0]])


def rotation(degrees: float) -> Matrix:
    """Counter-clockwise as seen on screen (y down)."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])


def shearing(x_degrees: float, y_degrees: float) -> Matrix:
    return np.array(
        [
            [1.0, math.tan(math.radians(x_degrees)), 0.0],
            [math.tan(math.radians(y_degrees)), 1.0, 0.0],
            [0.0, 0.0, 1.0],
        ]
    )


def largest_stretch(matrix: Matrix) -> float:
    """The largest factor by which the matrix lengthens a vector."""
    return float(np.linalg.norm(matrix[:2, :2], 2))


def transform_points(points: NDArray[np.floating[Any]], matrix: Matrix) -> NDArray[np.float64]:
    """Nx2 points through a 3x3 affine matrix."""
    return points @ matrix[:2, :2].T + matrix[:2, 2]


def covered_box(size: tuple[int, int], matrix: Matrix, canvas: tuple[int, int]) -> Box:
    """The canvas pixels that a source of (height, width) can reach, soft edges included."""
    height, width = size
    corners = np.array([[-1, -1], [width, -1], [width, height], [-1, height]], dtype=np.float64)
    points = transform_points(corners, matrix)
    low, high = np.floor(points.min(0)), np.ceil(points.max(0)) + 1
    return Box(int(low[0]), int(low[1]), int(high[0]), int(high[1])).grow(_SOFT_EDGE, canvas)
