"""Random closed curves of RandOcc (paper section 3.3): smooth or edgy blobs of 3 to 15 points."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from natocc.geometry import Image, Matrix, covered_box, resizing, transform_points
from natocc.occluder import Layer, Occluder, warp

CANVAS = 512
_POINTS = (3, 15)
_RETRIES = 200
_SAMPLES_PER_EDGE = 100
_FIXED_POINT_BITS = 8
_BERNSTEIN_T = np.linspace(0.0, 1.0, _SAMPLES_PER_EDGE)
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
    """Control points in the unit square, in order round their mean, and how the curve bends."""

    points: tuple[tuple[float, float], ...]
    radius: float  # length of the tangent arms over the length of the edge
    edginess: float


def draw_shape(rng: Generator) -> Shape:
    """Draw a shape; points are redrawn, at most 200 times, while neighbours lie too close."""
    count = int(rng.integers(_POINTS[0], _POINTS[1] + 1))
    points = _in_order(rng.random((count, 2)))
    for _ in range(_RETRIES):
        if _apart(points, 0.7 / count):
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


def outline(shape: Shape) -> NDArray[np.float64]:
    """The closed curve as Nx2 points (x, y), whole within the 512-pixel canvas.

    Cubic Béziers through the control points; a curve that would leave the canvas is shrunk and
    shifted into it, never cut.
    """
    points = np.asarray(shape.points)
    closed = np.vstack([points, points[:1]])
    edges = np.diff(closed, axis=0)
    angles = np.arctan2(edges[:, 1], edges[:, 0]) % (2 * math.pi)
    before = np.roll(angles, 1)
    weight = math.atan(shape.edginess) / math.pi + 0.5
    tangents = weight * angles + (1 - weight) * before + math.pi * (np.abs(before - angles) > math.pi)
    arms = shape.radius * np.linalg.norm(edges, axis=1)
    direction = np.stack([np.cos(tangents), np.sin(tangents)], axis=1)
    start, end = closed[:-1], closed[1:]
    controls = np.stack(
        [start, start + arms[:, None] * direction, end - arms[:, None] * np.roll(direction, -1, axis=0), end]
    )
    curve = np.einsum("tk,ken->etn", _BERNSTEIN, controls)[:, :-1].reshape(-1, 2)
    return _fit(curve * CANVAS)


def _fit(curve: NDArray[np.float64]) -> NDArray[np.float64]:
    low, high = curve.min(0), curve.max(0)
    last = CANVAS - 1.0
    shrink = min(1.0, last / max(float((high - low).max()), 1e-9))
    centre = (low + high) / 2
    half = (high - low) / 2 * shrink
    return np.asarray((curve - centre) * shrink + np.clip(centre, half, last - half))


def curve_size(curve: NDArray[np.float64]) -> tuple[int, int]:
    """Height and width of the curve's bounding box in whole pixels, at least 1."""
    width, height = np.maximum(1, np.ceil(curve.max(0) - curve.min(0))).astype(int)
    return int(height), int(width)


def fill_shape(
    curve: NDArray[np.float64], texture: Occluder, matrix: Matrix, canvas: tuple[int, int]
) -> Layer:
    """Fill the curve with the texture, stretched over the 512-pixel canvas, and lay it on the face.

    ``matrix`` maps the curve's bounding box (its corner at the origin) to the face image. The matte
    is drawn in the face image itself, anti-aliased with sub-pixel corners.
    """
    corner = curve.min(0)
    size = curve_size(curve)
    box = covered_box(size, matrix, canvas)
    if box.empty:
        return Layer(box, np.zeros((0, 0, 3), np.uint8), np.zeros((0, 0), np.uint8))
    height, width = texture.size
    to_curve = resizing(CANVAS / width, CANVAS / height)
    to_curve[:2, 2] -= corner
    rgb = cast(Image, cv2.cvtColor(warp(texture, matrix @ to_curve, box), cv2.COLOR_RGBA2RGB))
    polygon = transform_points(curve - corner, matrix) - (box.x0, box.y0)
    return Layer(box, rgb, _fill(polygon, (box.height, box.width)))


def _fill(polygon: NDArray[np.float64], canvas: tuple[int, int]) -> Image:
    """The polygon's anti-aliased matte.

    The library's fill is two thirds of a pixel too wide all round, that of the complement as well:
    their mean has the polygon's own area.
    """
    height, width = canvas
    around = np.array([[-9, -9], [width + 9, -9], [width + 9, height + 9], [-9, height + 9]], np.float64)
    inside, outside = np.zeros((2, height, width), np.uint8)
    for plane, outlines in ((inside, [polygon]), (outside, [around, polygon])):
        fixed = [np.rint(one * (1 << _FIXED_POINT_BITS)).astype(np.int32) for one in outlines]
        cv2.fillPoly(plane, fixed, 255, lineType=cv2.LINE_AA, shift=_FIXED_POINT_BITS)
    return cast(Image, cv2.addWeighted(inside, 0.5, outside, -0.5, 127.5))
