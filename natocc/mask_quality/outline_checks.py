"""Edges where a face has none, and an outline where the picture has no edge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from natocc.mask_quality.view import Bits, View

# Colour counts more than lightness, which shading changes too.
_COLOUR_WEIGHT = 3.0
# Lab units a reduced pixel: a fold or a beard's edge has less, an outline of a thing more.
_STEEP = 14.0
# Reduced pixels on either side of the outline, and the Lab units that make it an edge.
_APART, _CONTRAST = 3.0, 10.0

_Points = tuple[NDArray[Any], NDArray[Any]]


def inner_edges(view: View) -> float:
    """Share of plain skin that lies on a steep edge, [0, 1].

    Plain skin is the mask without a rim, without eyes, brows, nose and mouth. Fingers, phones and
    strands of hair on a face have outlines; skin has few. Beards, make-up and hard shadows have some.
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
class Outline:
    """Shares of the outline that is no part's, [0, 1].

    ``through_skin``: skin on both sides, no edge between. ``through_other``: the same with something
    on both sides that is not of the skin's colour.
    """

    through_skin: float
    through_other: float


def unsupported_outline(view: View, skin: Bits, counts: Bits) -> Outline:
    """Where the mask's outline runs through one surface instead of along an edge.

    ``skin`` says where the colour is the skin's, ``counts`` where skin beyond the outline would be
    a fault (not where neck or ears are that nobody annotated). Outlines towards annotated
    parts and along the picture's border are left out.
    """
    lab = _blurred(view.lab)
    plane = view.mask.astype(np.uint8)
    outlines, _ = cv2.findContours(plane, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    points = np.concatenate(outlines)[:, 0]
    column, row = points[:, 0], points[:, 1]
    # Framed, since a distance to an edge that is nowhere is infinite.
    framed = cv2.copyMakeBorder(plane, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=[0])
    inside, outside = (cv2.distanceTransform(one, cv2.DIST_L2, 3) for one in (framed, 1 - framed))
    depth = _blurred(inside - outside)[1:-1, 1:-1]
    along_x = cv2.Sobel(depth, cv2.CV_32F, 1, 0)[row, column]
    along_y = cv2.Sobel(depth, cv2.CV_32F, 0, 1)[row, column]
    length = np.hypot(along_x, along_y) + 1e-6
    steps = _APART * along_y / length, _APART * along_x / length
    inner = np.rint(row + steps[0]).astype(int), np.rint(column + steps[1]).astype(int)
    outer = np.rint(row - steps[0]).astype(int), np.rint(column - steps[1]).astype(int)
    there = _within(inner, plane.shape) & _within(outer, plane.shape)
    total = int(there.sum())
    if not total:
        return Outline(through_skin=0.0, through_other=0.0)
    inner, outer = (inner[0][there], inner[1][there]), (outer[0][there], outer[1][there])
    plain = (_squares(lab[inner] - lab[outer]) < _CONTRAST**2) & ~view.other[outer]
    of_skin = skin[inner] & skin[outer]
    return Outline(
        through_skin=float((plain & of_skin & counts[outer]).sum() / total),
        through_other=float((plain & ~of_skin).sum() / total),
    )


def _within(points: _Points, size: tuple[int, ...]) -> Bits:
    row, column = points
    return (row >= 0) & (row < size[0]) & (column >= 0) & (column < size[1])


def _blurred(plane: NDArray[Any]) -> NDArray[Any]:
    return cv2.GaussianBlur(plane, (0, 0), 1.0)


def _squares(difference: NDArray[Any]) -> NDArray[Any]:
    """Squared lengths of Lab differences, colour weighted."""
    squares: NDArray[Any] = difference**2
    return cast(NDArray[Any], squares[..., 0] + _COLOUR_WEIGHT * (squares[..., 1] + squares[..., 2]))
