from __future__ import annotations

import cv2
import numpy as np
import pytest

from benchmarks import inputs
from natocc.geometry import Image
from natocc.matting.cutout import turn_cutout
from natocc.matting.hand_orientation import turn_fingers_down

ANGLES = (0, 40, 90, 135, 180, -90, -135, -40)


def hanging(margin: int = 40) -> Image:
    """A hand with fingers down, clear of the border."""
    mask = np.where(inputs.hand()[1] > 127, 255, 0).astype(np.uint8)
    return cv2.copyMakeBorder(mask, *[margin] * 4, cv2.BORDER_CONSTANT).astype(np.uint8)


def drawn(angle: float) -> Image:
    """A hand of a palm, four fingers and an arm that leaves by the upper border, then turned by right angles."""
    mask = np.zeros((600, 600), np.uint8)
    mask[0:250, 260:340] = 255
    cv2.circle(mask, (300, 280), 80, 255, -1)
    for x in (240, 280, 320, 360):
        mask[280:480, x - 12 : x + 12] = 255
    return np.ascontiguousarray(np.rot90(mask, round(angle / 90)))


def off(degrees: float, expected: float) -> float:
    return abs((degrees - expected + 180) % 360 - 180)


@pytest.mark.parametrize("angle", [0, 90, 180, 270])
def test_a_hand_points_away_from_the_side_it_enters_by(angle: int) -> None:
    degrees, cue = turn_fingers_down(drawn(angle))
    assert cue == "wrist" and off(degrees, -angle) <= 1


@pytest.mark.parametrize("angle", ANGLES)
def test_fingers_show_the_direction_where_no_wrist_reaches_the_border(angle: int) -> None:
    mask = hanging()
    turned = turn_cutout(np.zeros((*mask.shape, 3), np.uint8), mask, angle)[1]
    degrees, cue = turn_fingers_down(turned)
    assert cue == "fingers" and off(degrees, -angle) <= 30


def test_a_hand_turned_by_the_result_needs_no_further_turn() -> None:
    mask = drawn(90)
    degrees, _ = turn_fingers_down(mask)
    upright = turn_cutout(np.zeros((*mask.shape, 3), np.uint8), mask, degrees)[1]
    assert turn_fingers_down(upright) == (0, "wrist")
    assert np.array_equal(upright, drawn(0)), "a right angle costs no sharpness"


def test_a_mask_with_neither_wrist_nor_fingers_is_not_turned() -> None:
    ball = np.zeros((100, 100), np.uint8)
    cv2.circle(ball, (50, 50), 30, 255, -1)
    assert turn_fingers_down(ball) == (0, "unknown")
    assert turn_fingers_down(np.zeros((100, 100), np.uint8)) == (0, "unknown")
