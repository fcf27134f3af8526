"""Checks for edges inside a face's plain skin, and for mask contours without an edge in the picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from natocc.geometry import BoolArray, Image
from natocc.mask_quality.view import View

# Weight of the colour channels beside lightness, which shading changes too.
_COLOUR_WEIGHT = 3.0
# Lab units per reduced pixel. Folds and the edges of beards stay below it, the edges of objects are above.
_STEEP = 14.0
# Distance from the contour to either side (reduced pixels), and least difference (Lab units) of an edge.
_DISTANCE, _CONTRAST = 3.0, 10.0

# Rows and columns of N pixels.
_Points = tuple[NDArray[np.intp], NDArray[np.intp]]


def inner_edges(view: View) -> float:
    """Share of plain skin that lies on a steep edge, [0, 1].

    Plain skin is the mask without its rim, eyes, brows, nose and mouth. Fingers, phones and strands of hair
    have sharp edges. Skin has few, but beards, make-up and hard shadows have some.
    """
    inner = cv2.erode(view.mask.astype(np.uint8), np.ones((7, 7), np.uint8), borderValue=0) > 0
    near = cv2.dilate(view.features.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    plain = inner & ~near & ~view.nose
    if not plain.any():
        return 0.0
    x, y = (cv2.Sobel(view.lab, cv2.CV_32F, *axis) / 8 for axis in ((1, 0), (0, 1)))
    slope = _squares(x) + _squares(y)
    return float((slope[plain] > _STEEP**2).mean())


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgelessContour:
    """Shares of the mask's contour that follow no edge of the picture, [0, 1].

    ``through_skin``: skin on both sides. ``through_other``: one surface of another colour on both sides.
    """

    through_skin: float
    through_other: float


def edgeless_contour(view: View, skin: BoolArray, counts: BoolArray) -> EdgelessContour:
    """Measure where the mask's contour runs through one surface instead of along an edge.

    ``skin`` marks colours of the face's skin. ``counts`` marks where skin outside the contour is a fault; it
    excludes a neck or ears that are not annotated. The contour towards annotated parts does not count. Along
    the picture's border nothing lies outside, so the contour counts as edgeless.
    """
    inner, outer = _either_side(view.mask)
    total = len(inner[0])
    if not total:
        return EdgelessContour(through_skin=0.0, through_other=0.0)
    lab = _blurred(view.lab)
    no_edge = (_squares(lab[inner] - lab[outer]) < _CONTRAST**2) & ~view.other[outer]
    on_skin = skin[inner] & skin[outer]
    return EdgelessContour(
        through_skin=float((no_edge & on_skin & counts[outer]).sum() / total),
        through_other=float((no_edge & ~on_skin).sum() / total),
    )


def _either_side(mask: BoolArray) -> tuple[_Points, _Points]:
    """For each pixel c of the mask's contour, the pixels inside and outside along its normal.

    ::

        outside   · · o · ·     o = c - d·n, rounded
                  ────c────     n: unit gradient of the depth, which rises into the mask
        inside    · · i · ·     i = c + d·n, rounded; d = 3 reduced pixels

    Pairs that leave the view are dropped.
    """
    plane = mask.astype(np.uint8)
    contours, _ = cv2.findContours(plane, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    column, row = np.concatenate(contours)[:, 0].T
    depth = _depth(plane)
    x, y = (cv2.Sobel(depth, cv2.CV_32F, *axis)[row, column] for axis in ((1, 0), (0, 1)))
    length = np.hypot(x, y) + 1e-6
    down, right = _DISTANCE * y / length, _DISTANCE * x / length
    inner, outer = _rounded(row + down, column + right), _rounded(row - down, column - right)
    both = _within(inner, mask.shape) & _within(outer, mask.shape)
    return (inner[0][both], inner[1][both]), (outer[0][both], outer[1][both])


def _depth(plane: Image) -> NDArray[Any]:
    """Distance to the contour (pixels, blurred): positive inside, negative outside."""
    # The frame adds pixels outside the mask; without any, the distance to them would be infinite.
    framed = cv2.copyMakeBorder(plane, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=[0])
    inside, outside = (cv2.distanceTransform(side, cv2.DIST_L2, 3) for side in (framed, 1 - framed))
    return _blurred(inside - outside)[1:-1, 1:-1]


def _rounded(row: NDArray[Any], column: NDArray[Any]) -> _Points:
    return np.rint(row).astype(np.intp), np.rint(column).astype(np.intp)


def _within(points: _Points, size: tuple[int, ...]) -> BoolArray:
    row, column = points
    return (row >= 0) & (row < size[0]) & (column >= 0) & (column < size[1])


def _blurred(plane: NDArray[Any]) -> NDArray[Any]:
    return cv2.GaussianBlur(plane, (0, 0), 1.0)


def _squares(difference: NDArray[Any]) -> NDArray[Any]:
    """Squared lengths of Lab differences (last axis), the colour channels weighted."""
    squares: NDArray[Any] = difference**2
    return cast(NDArray[Any], squares[..., 0] + _COLOUR_WEIGHT * (squares[..., 1] + squares[..., 2]))
