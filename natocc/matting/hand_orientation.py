"""The direction in which a hand points, found from the wrist at the picture's border or from the fingers."""

from __future__ import annotations

import math
from typing import Literal

import cv2
import numpy as np

from natocc.geometry import Float64Array, Image
from natocc.resize.scale import limit_long_side

# The cue for the direction.
Cue = Literal["wrist", "fingers", "unknown"]

# Long side at which a hand is measured.
_SIDE = 200
# Least width of a wrist at the border, as a share of the long side.
_WRIST = 0.02
# Largest angle (degrees) between cue and principal axis at which the axis is used. An arm that leaves along
# the border crosses it obliquely, and single fingers may point sideways.
_WRIST_AGREES, _FINGERS_AGREE = 40.0, 80.0
# Fingers are thinner than this share of the palm's radius, wrists are not.
_THIN = 0.5
# Thin parts with at least this share of the hand count as fingers.
_FINGERS = 0.03
# A hand within this angle (degrees) of fingers-down is not turned, since turning costs sharpness.
_HANGS = 15.0


def turn_fingers_down(mask: Image) -> tuple[float, Cue]:
    """Degrees counter-clockwise (above -180, at most 180) that turn a hand fingers-down, and the cue used.

    ``mask`` is uint8 HxW, 0 or 255. A hand that reaches the border points away from it along the principal
    axis. Any other hand points along that axis to its thin parts. 0 if it already hangs down or has no cue.
    """
    hand = (limit_long_side(mask, _SIDE) > 127).astype(np.uint8)
    if not hand.any():
        return 0.0, "unknown"
    cue: Cue = "wrist"
    pointing = _from_wrist(hand)
    if pointing is None:
        cue, pointing = "fingers", _to_fingers(hand)
    if pointing is None:
        return 0.0, "unknown"
    # Counter-clockwise as seen on the screen, where y runs down.
    degrees = math.degrees(math.atan2(-pointing[0], pointing[1]))
    turn = float(round(degrees))
    return (0.0 if abs(turn) <= _HANGS else 180.0 if turn == -180 else turn), cue


def _from_wrist(hand: Image) -> Float64Array | None:
    """The direction away from the border that the hand reaches, as (x, y); None if it reaches no border."""
    rim = np.zeros_like(hand)
    rim[0], rim[-1], rim[:, 0], rim[:, -1] = hand[0], hand[-1], hand[:, 0], hand[:, -1]
    if rim.sum() < _WRIST * max(hand.shape):
        return None
    return _along_axis(hand, _points(hand).mean(axis=0) - _points(rim).mean(axis=0), _WRIST_AGREES)


def _to_fingers(hand: Image) -> Float64Array | None:
    """The direction from the middle of the palm to the middle of all thin parts, as (x, y)."""
    framed = cv2.copyMakeBorder(hand, 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    depth = cv2.distanceTransform(framed, cv2.DIST_L2, 5)[1:-1, 1:-1]
    radius = float(depth.max())
    reach = 2 * max(1, round(_THIN * radius)) + 1
    around = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    broad = cv2.morphologyEx(hand, cv2.MORPH_OPEN, around).astype(np.uint8)
    thin = cv2.morphologyEx(hand & (1 - broad), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)).astype(np.uint8)
    if thin.sum() < _FINGERS * hand.sum():
        return None
    palm = _points((depth >= 0.95 * radius).astype(np.uint8)).mean(axis=0)
    return _along_axis(hand, _points(thin).mean(axis=0) - palm, _FINGERS_AGREE)


def _along_axis(hand: Image, towards: Float64Array, within: float) -> Float64Array:
    """The principal axis if it is ``within`` that many degrees of ``towards``; else ``towards`` itself."""
    axis = np.asarray(np.linalg.eigh(np.cov(_points(hand).T)).eigenvectors[:, 1])
    axis = axis if axis @ towards >= 0 else -axis
    agrees = axis @ towards >= math.cos(math.radians(within)) * np.linalg.norm(towards)
    return axis if agrees else towards


def _points(mask: Image) -> Float64Array:
    """Nx2 (x, y) of the pixels that are set."""
    return np.argwhere(mask)[:, ::-1].astype(np.float64)
