"""The square crop of a face that FFHQ and RealOcc have: by eyes and mouth, upright, with a wide margin.

Karras et al., A Style-Based Generator Architecture for GANs (2019), appendix A; constants as in the code that
made FFHQ.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from natocc.geometry import BoolArray, Float32Array, Float64Array, Image, Matrix, resizing, transform_points

Position = tuple[float, float]
# Half of the crop's side: the larger of these shares of the distances between the eyes, and to the mouth.
_BY_EYES, _BY_MOUTH = 2.0, 1.8
# Of the way from the eyes to the mouth, from the eyes: the centre.
_CENTRE = 0.1
# Shares of the crop's side: least width of the rim over which what lies beyond the photograph fades, and the
# blur there.
_RIM, _BLUR = 0.3, 0.02
# Largest number of samples along a side of one pixel of the crop.
_SAMPLES = 4
# Points of dlib, counted from 0.
_POINTS, _LEFT_EYE, _RIGHT_EYE, _MOUTH = 68, slice(36, 42), slice(42, 48), (48, 54)


@dataclass(frozen=True, slots=True, kw_only=True)
class FacePoints:
    """Centres of the eyes and corners of the mouth: (x, y) in pixels, whose centres are at integers.

    Left is the picture's left.
    """

    left_eye: Position
    right_eye: Position
    mouth_left: Position
    mouth_right: Position


def points_of_68(points: Float64Array) -> FacePoints:
    """The points of dlib's 68 landmarks (68, 2): an eye's centre is the mean of its six."""
    if points.shape != (_POINTS, 2):
        raise ValueError(f"landmarks: expected {_POINTS} positions, got an array of {points.shape}")
    left, right = (points[eye].mean(axis=0) for eye in (_LEFT_EYE, _RIGHT_EYE))
    ends = points[list(_MOUTH)]
    return FacePoints(
        left_eye=(float(left[0]), float(left[1])),
        right_eye=(float(right[0]), float(right[1])),
        mouth_left=(float(ends[0, 0]), float(ends[0, 1])),
        mouth_right=(float(ends[1, 0]), float(ends[1, 1])),
    )


def crop_matrix(points: FacePoints, side: int) -> Matrix:
    """The matrix from the photograph to a crop of ``side`` pixels. Raises ValueError for points in one place.

    The crop's axis across is the mean of the line between the eyes and the normal of that to the mouth.
    """
    left, right = np.array(points.left_eye, np.float64), np.array(points.right_eye, np.float64)
    mouth = (np.array(points.mouth_left, np.float64) + np.array(points.mouth_right, np.float64)) / 2
    eyes = (left + right) / 2
    across, down = right - left, mouth - eyes
    axis = across - np.array([-down[1], down[0]])
    length = float(np.hypot(*axis))
    half = max(_BY_EYES * float(np.hypot(*across)), _BY_MOUTH * float(np.hypot(*down)))
    if not math.isfinite(half) or half == 0 or length == 0:
        raise ValueError(f"face points: expected eyes above a mouth, got {points}")
    cos, sin = axis / length * side / (2 * half)
    turn = np.array([[cos, sin], [-sin, cos]])
    centre = eyes + _CENTRE * down
    matrix = np.eye(3)
    matrix[:2, :2] = turn
    # The middle of the crop lies between pixels.
    matrix[:2, 2] = (side - 1) / 2 - turn @ centre
    return matrix


def crop_picture(image: Image, matrix: Matrix, side: int) -> Image:
    """The crop of a photograph (uint8 HxWx3) as uint8 (side, side, 3).

    Beyond the photograph is its reflection, which is blurred and fades into the median colour.
    """
    samples = min(_SAMPLES, max(1, math.ceil(1 / _scale(matrix))))
    fine = resizing(samples, samples) @ matrix
    # A photograph of far more pixels than that is reduced first.
    reduced = max(1, math.floor(1 / _scale(fine)))
    if reduced > 1:
        height, width = image.shape[:2]
        size = max(1, round(width / reduced)), max(1, round(height / reduced))
        fine = fine @ _inverted(resizing(size[0] / width, size[1] / height))
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    whole = (side * samples, side * samples)
    warped = cv2.warpAffine(image, fine[:2], whole, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    crop = cv2.resize(warped, (side, side), interpolation=cv2.INTER_AREA) if samples > 1 else warped
    height, width = image.shape[:2]
    back = _inverted(resizing(1 / samples, 1 / samples) @ fine)
    return _faded(np.asarray(crop, np.uint8), back, (height, width))


def crop_mask(mask: Image, matrix: Matrix, side: int) -> Image:
    """The same crop of a mask (uint8 HxW), as uint8 (side, side): the nearest pixel, 0 beyond the mask."""
    warped = cv2.warpAffine(mask, matrix[:2], (side, side), flags=cv2.INTER_NEAREST)
    return np.asarray(warped, np.uint8)


def beyond_photograph(matrix: Matrix, size: tuple[int, int], side: int) -> BoolArray:
    """Where the crop lies beyond a photograph of (height, width); bool (side, side)."""
    outside = np.stack(_distances(_inverted(matrix), size, side))
    return np.asarray(outside.max(axis=0) > 0)


def _inverted(matrix: Matrix) -> Matrix:
    return np.asarray(np.linalg.inv(matrix), np.float64)


def _scale(matrix: Matrix) -> float:
    """Pixels of the crop a pixel of the photograph."""
    return float(np.hypot(matrix[0, 0], matrix[1, 0]))


def _distances(back: Matrix, size: tuple[int, int], side: int) -> list[Float32Array]:
    """How far, in pixels of the photograph, each pixel lies beyond its four sides; negative within."""
    height, width = size
    rows, columns = np.mgrid[:side, :side]
    points = transform_points(np.stack([columns.ravel(), rows.ravel()], 1).astype(np.float64), back)
    x, y = (points[:, place].reshape(side, side).astype(np.float32) for place in (0, 1))
    return [-x - 0.5, x - (width - 0.5), -y - 0.5, y - (height - 0.5)]


def _faded(crop: Image, back: Matrix, size: tuple[int, int]) -> Image:
    side = crop.shape[0]
    distances = _distances(back, size, side)
    if max(float(one.max()) for one in distances) <= 0:
        return crop
    rim = _RIM * side * _scale(back)
    beyond = np.max([one / max(rim, float(one.max())) for one in distances], axis=0)[..., None]
    colours = crop.astype(np.float32)
    blurred = cv2.GaussianBlur(colours, (0, 0), _BLUR * side, borderType=cv2.BORDER_REFLECT_101)
    colours += (blurred - colours) * np.clip(3 * beyond + 1, 0, 1)
    colours += (np.median(colours, axis=(0, 1)) - colours) * np.clip(beyond, 0, 1)
    return np.asarray(np.clip(np.rint(colours), 0, 255), np.uint8)
