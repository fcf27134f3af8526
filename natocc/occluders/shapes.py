"""Random closed curves of RandOcc (paper section 3.3): smooth or edgy blobs of 3 to 15 points."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from natocc.geometry import Box, Image, Matrix, largest_stretch, resizing, transform_points
from natocc.occluders.occluder import EMPTY, Layer, Occluder, warp_occluder

CANVAS = 512
_POINTS = (3, 15)
_RETRIES = 200
# Least distance of neighbouring points in the unit square, times their number.
_LEAST_GAP = 0.7
_SAMPLES_PER_EDGE = 100
_FIXED_POINT_BITS = 8
# Largest distance, in pixels, of the drawn polygon from the curve.
_TOLERANCE = 0.05
# Reach, in pixels, of anti-aliasing and the softened matte beyond the curve.
_SOFT_EDGE = 8
# The end of an edge is omitted, since the next edge begins there.
_BERNSTEIN_T = np.linspace(0.0, 1.0, _SAMPLES_PER_EDGE)[:-1]
_BERNSTEIN = np.stack(
    [
        (1 - _BERNSTEIN_T) ** 3,
        3 * _BERNSTEIN_T * (1 - _BERNSTEIN_T) ** 2,
        3 * _BERNSTEIN_T**2 * (1 - _BERNSTEIN_T),
        _BERNSTEIN_T**3,
    ],
    axis=1,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Control points in the unit square, ordered around their mean, and the curve's bend."""

    points: tuple[tuple[float, float], ...]
    radius: float  # length of the tangent arms over the length of the edge
    edginess: float


def draw_shape(rng: Generator) -> Shape:
    """Draw a shape. Points are redrawn, at most 200 times, while neighbours are too close."""
    count = int(rng.integers(_POINTS[0], _POINTS[1] + 1))
    points = _in_order(rng.random((count, 2)))
    for _ in range(_RETRIES):
        if _apart(points, _LEAST_GAP / count):
            break
        points = _in_order(rng.random((count, 2)))
    return Shape(
        points=tuple((float(x), float(y)) for x, y in points),
        radius=float(rng.random()),
        edginess=float(rng.random()),
    )


def _in_order(points: NDArray[np.float64]) -> NDArray[np.float64]:
    offset = points - points.mean(0)
    return points[np.argsort(np.arctan2(offset[:, 0], offset[:, 1]), kind="stable")]


def _apart(points: NDArray[np.float64], least: float) -> bool:
    return bool((np.abs(np.diff(points, axis=0).sum(1)) >= least).all())


def shape_curve(shape: Shape) -> NDArray[np.float64]:
    """The closed curve as Nx2 points (x, y), whole within the 512-pixel canvas.

    It consists of cubic Béziers through the control points. A curve that would leave the canvas is shrunk and
    shifted into it, never cut.
    """
    start = np.asarray(shape.points)
    end = np.roll(start, -1, axis=0)
    edges = end - start
    angles = np.arctan2(edges[:, 1], edges[:, 0]) % (2 * math.pi)
    before = np.roll(angles, 1)
    weight = math.atan(shape.edginess) / math.pi + 0.5
    tangents = weight * angles + (1 - weight) * before + math.pi * (np.abs(before - angles) > math.pi)
    arms = (shape.radius * np.hypot(edges[:, 0], edges[:, 1]))[:, None]
    direction = np.stack([np.cos(tangents), np.sin(tangents)], axis=1)
    controls = np.stack(
        [start, start + arms * direction, end - arms * np.roll(direction, -1, axis=0), end], axis=1
    )
    return _fit((_BERNSTEIN @ controls).reshape(-1, 2) * CANVAS)


def _fit(curve: NDArray[np.float64]) -> NDArray[np.float64]:
    low, high = _bounds(curve)
    last = CANVAS - 1.0
    shrink = min(1.0, last / max(float((high - low).max()), 1e-9))
    half = (high - low) / 2 * shrink
    shift = np.clip((low + high) / 2, half, last - half) - (low + high) / 2 * shrink
    return np.asarray(curve * shrink + shift)


def _bounds(points: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Least and greatest x and y. Column by column takes a fifth of the time."""
    x, y = points[:, 0], points[:, 1]
    return np.array([x.min(), y.min()]), np.array([x.max(), y.max()])


def curve_size(curve: NDArray[np.float64]) -> tuple[int, int]:
    """Height and width of the curve's bounding box in whole pixels, at least 1."""
    low, high = _bounds(curve)
    width, height = (max(1, math.ceil(side)) for side in (high - low).tolist())
    return height, width


def place_curve(curve: NDArray[np.float64], matrix: Matrix) -> NDArray[np.float64]:
    """The curve on the face image, Nx2 (x, y), reduced to the points that its form needs.

    ``matrix`` maps the curve's bounding box (its corner at the origin) to the face image.
    """
    at_origin = (curve - _bounds(curve)[0]).astype(np.float32)
    tolerance = _TOLERANCE / max(largest_stretch(matrix), 1e-6)
    thinned = cv2.approxPolyDP(at_origin, tolerance, closed=True)[:, 0]
    return transform_points(thinned.astype(np.float64), matrix)


def fill_shape(
    curve: NDArray[np.float64], texture: Occluder, matrix: Matrix, canvas: tuple[int, int]
) -> Layer:
    """Fill the curve with the texture, stretched over the 512-pixel canvas, and lay it on the face.

    ``matrix`` maps the curve's bounding box (its corner at the origin) to the face image. The matte
    is drawn in the face image itself, anti-aliased with sub-pixel corners.
    """
    polygon = place_curve(curve, matrix)
    box = points_box(polygon, canvas)
    if box.empty:
        return EMPTY
    height, width = texture.size
    to_curve = resizing(CANVAS / width, CANVAS / height)
    to_curve[:2, 2] -= _bounds(curve)[0]
    rgb = cast(Image, cv2.cvtColor(warp_occluder(texture, matrix @ to_curve, box), cv2.COLOR_RGBA2RGB))
    return Layer(box, rgb, draw_matte(polygon - (box.x0, box.y0), (box.height, box.width)))


def points_box(points: NDArray[np.float64], canvas: tuple[int, int]) -> Box:
    """The canvas pixels that a polygon can touch, its soft edge included."""
    (x0, y0), (x1, y1) = (side.tolist() for side in _bounds(points))
    return Box(math.floor(x0), math.floor(y0), math.ceil(x1) + 1, math.ceil(y1) + 1).grow(_SOFT_EDGE, canvas)


def draw_matte(polygon: NDArray[np.float64], canvas: tuple[int, int]) -> Image:
    """The anti-aliased matte (uint8, 0-255) of Nx2 points (x, y) on a canvas of (height, width).

    The library also draws a line along the edge, so its fill is two thirds of a pixel too wide all round.
    Half of that line is removed again.
    """
    fixed = [np.rint(polygon * (1 << _FIXED_POINT_BITS)).astype(np.int32)]
    filled, line = np.zeros(canvas, np.uint8), np.zeros(canvas, np.uint8)
    cv2.fillPoly(filled, fixed, 255, lineType=cv2.LINE_AA, shift=_FIXED_POINT_BITS)
    cv2.polylines(line, fixed, True, 127, lineType=cv2.LINE_AA, shift=_FIXED_POINT_BITS)
    return cast(Image, cv2.subtract(filled, line, dst=filled))
