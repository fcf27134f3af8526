"""The cut between a hand and its arm, and its visibility in a picture."""

from __future__ import annotations

import math
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from natocc.geometry import Matrix, resizing, transform_points
from natocc.occluders.occluder import Occluder

# The contour is taken from the first size whose long side is at most this many pixels.
_LONG_SIDE = 384
# Corners farther than this (pixels of that size) from a straight edge are kept.
_TOLERANCE = 1.0
# An edge belongs to the cut if it faces up to within 70 degrees and lies in the upper part. A long edge that
# only begins there must face up to within 50 degrees; otherwise it is the side of a slanting arm.
_UPWARDS, _CLEARLY_UPWARDS = math.cos(math.radians(70)), math.cos(math.radians(50))
_UPPER_PART = 0.15
# Distance (canvas pixels) by which the softened matte recedes from its contour.
_SOFT = 2.0


def wrist_cut(hand: Occluder) -> NDArray[np.float64]:
    """The cut through the wrist as an open line, Nx2 points (x, y) of the largest size; N may be 0.

    A hand is stored fingers-down, so the cut is the end of its contour that faces up: the edges next to the
    topmost point, on either side, in the uppermost 15 % of the height.
    """
    if hand.alpha is None:
        return np.zeros((0, 2))
    alpha = next((matte for matte in hand.alpha if max(matte.shape) <= _LONG_SIDE), hand.alpha[-1])
    height, width = alpha.shape
    # An edge that is cut short here ends too far down to belong to the wrist.
    top = np.ascontiguousarray(alpha[: math.ceil(3 * _UPPER_PART * height)])
    solid = cv2.threshold(top, 127, 1, cv2.THRESH_BINARY)[1]
    found, _ = cv2.findContours(solid, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not found:
        return np.zeros((0, 2))
    contour = max(found, key=cv2.contourArea)
    corners = cv2.approxPolyDP(contour, _TOLERANCE, closed=True)[:, 0].tolist()
    # The straight edges may omit contour up to the tolerance, which must not be visible either.
    line = [(x, y + _TOLERANCE) for x, y in _upper_end(corners, _UPPER_PART * height)]
    return transform_points(np.array(line), resizing(hand.size[1] / width, hand.size[0] / height))


def _upper_end(corners: list[list[float]], depth: float) -> list[list[float]]:
    """Corners of a closed contour from one end of its upward edges to the other."""
    count = len(corners)
    top = min(range(count), key=lambda at: corners[at][1])
    around = corners[top:] + corners[:top]
    edges = list(pairwise([*around, around[0]]))
    # In either orientation of the contour, its upward edges all run in the same direction.
    clockwise = sum(ax * by - ay * bx for (ax, ay), (bx, by) in edges) > 0
    lowest = around[0][1] + depth

    def upper(edge: tuple[list[float], list[float]]) -> bool:
        (ax, ay), (bx, by) = edge
        across, length = bx - ax if clockwise else ax - bx, math.hypot(bx - ax, by - ay)
        if min(ay, by) <= lowest and across >= _CLEARLY_UPWARDS * length:
            return True
        return (ay + by) / 2 <= lowest and across >= _UPWARDS * length

    after = next((at for at in range(count) if not upper(edges[at])), count)
    before = next((at for at in range(count) if not upper(edges[-1 - at])), count)
    return [around[at % count] for at in range(-before, after + 1)] if after < count else around


def wrist_hidden(
    cut: NDArray[np.float64], matrix: Matrix, canvas: tuple[int, int], margin: float = 0.0
) -> bool:
    """Return whether the whole cut lies outside a picture of (height, width).

    ``margin`` is the additional distance outside, in pixels. A cut exactly along the border counts as
    visible, because the soft matte recedes from it. A hand without a cut counts as hidden.
    """
    reach = 0.5 + _SOFT + margin
    frame = -reach, -reach, canvas[1] - 1 + reach, canvas[0] - 1 + reach
    points = transform_points(cut, matrix).tolist()
    if len(points) == 1:
        points *= 2
    return all(_outside(start, end, frame) for start, end in pairwise(points))


def _outside(start: list[float], end: list[float], frame: tuple[float, float, float, float]) -> bool:
    """Return whether a straight line misses a frame (x0, y0, x1, y1)."""
    (ax, ay), (bx, by), (x0, y0, x1, y1) = start, end, frame
    if (
        (ax <= x0 and bx <= x0)
        or (ax >= x1 and bx >= x1)
        or (ay <= y0 and by <= y0)
        or (ay >= y1 and by >= y1)
    ):
        return True
    # Otherwise it misses the frame if all corners lie on one side of it.
    sides = [(bx - ax) * (y - ay) - (by - ay) * (x - ax) for x in (x0, x1) for y in (y0, y1)]
    return min(sides) > 0 or max(sides) < 0
