from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from natocc.geometry import rotation, scaling, transform_points, translation
from natocc.occluders.occluder import Occluder, make_occluder, place
from natocc.placement.wrist import wrist_cut, wrist_hidden
from tests.natocc.inputs import occluder


def arm(left: int, right: int) -> Occluder:
    """A forearm of 600x300 whose upper end is cut from (60, left) to (240, right), with two fingers."""
    matte = np.zeros((600, 300), np.uint8)
    corners = [
        [60, left],
        [240, right],
        [240, 400],
        [260, 590],
        [190, 590],
        [150, 420],
        [100, 580],
        [60, 400],
    ]
    cv2.fillPoly(matte, [np.array(corners)], 255)
    return make_occluder(np.full((600, 300, 3), 180, np.uint8), matte)


@pytest.mark.parametrize(("left", "right"), [(10, 10), (10, 60), (80, 10), (40, 12)])
def test_the_cut_is_found_whichever_way_it_slants(left: int, right: int) -> None:
    cut = wrist_cut(arm(left, right))
    ends = cut[np.argsort(cut[:, 0])][[0, -1]]
    assert ends == pytest.approx(np.array([[60, left], [240, right]]), abs=8)
    assert cut[:, 1].max() < 0.2 * 600, "and fingers are no wrist"


@pytest.mark.parametrize(
    "corners",
    [
        [[60, 140], [210, 50], [210, 390], [60, 390]],
        [[60, 200], [210, 50], [210, 390], [60, 390]],
        [[150, 30], [230, 390], [70, 390]],
    ],
    ids=["30 degrees", "45 degrees", "a point"],
)
def test_a_steep_or_pointed_end_in_the_picture_is_seen(corners: list[list[int]]) -> None:
    matte = np.zeros((420, 300), np.uint8)
    cv2.fillPoly(matte, [np.array(corners)], 255)
    cut = wrist_cut(make_occluder(np.full((420, 300, 3), 180, np.uint8), matte))
    assert not wrist_hidden(cut, translation(100, 100), (600, 600))
    assert wrist_hidden(cut, translation(100, -500), (600, 600))


def test_the_side_of_a_slanting_arm_is_not_taken_for_the_cut() -> None:
    matte = np.zeros((600, 300), np.uint8)
    cv2.fillPoly(matte, [np.array([[20, 330], [150, 10], [250, 40], [200, 590], [60, 590]])], 255)
    cut = wrist_cut(make_occluder(np.full((600, 300, 3), 180, np.uint8), matte))
    assert np.ptp(cut[:, 0]) > 90 and cut[:, 1].max() < 60


def test_the_cut_of_a_real_hand_is_the_upper_end_of_its_arm() -> None:
    hand = occluder("hand")
    assert hand is not None
    cut = wrist_cut(hand)
    assert cut[:, 1].max() < 0.15 * hand.size[0] and np.ptp(cut[:, 0]) > 0.2 * hand.size[1]


@given(
    st.floats(-300, 500), st.floats(-300, 500), st.floats(-180, 180), st.floats(0.1, 1.0), st.integers(0, 1)
)
def test_what_counts_as_hidden_shows_no_pixel_of_the_cut(
    x: float, y: float, turn: float, size: float, which: int
) -> None:
    hand = (arm(10, 60), arm(80, 10))[which]
    matrix = translation(x, y) @ rotation(turn) @ scaling(size, size) @ translation(-150, -300)
    cut = wrist_cut(hand)
    dense = np.concatenate([np.linspace(a, b, 200) for a, b in pairwise(cut)])
    points = transform_points(dense, matrix)
    seen = ((points > -0.5) & (points < (199.5, 149.5))).all(axis=1).any()
    assert not (seen and wrist_hidden(cut, matrix, (150, 200)))
    beyond = ((points < -4) | (points > (203, 153))).any(axis=1).all()
    one_side = any(
        (points[:, axis] < -4).all() or (points[:, axis] > (203, 153)[axis]).all() for axis in (0, 1)
    )
    assert wrist_hidden(cut, matrix, (150, 200)) or not (beyond and one_side)


def test_a_cut_along_the_border_would_show_its_soft_edge() -> None:
    hand = arm(10, 10)
    along = translation(0, -wrist_cut(hand)[0, 1])
    assert not wrist_hidden(wrist_cut(hand), along, (600, 300))
    beyond = translation(0, -3) @ along
    assert wrist_hidden(wrist_cut(hand), beyond, (600, 300))
    assert place(hand, beyond, (600, 300)).matte[0].max() == 255


def test_a_cut_round_a_corner_of_the_picture_is_hidden_and_one_across_it_is_not() -> None:
    across = np.array([[-30.0, 60.0], [60.0, -30.0]])
    assert not wrist_hidden(across, np.eye(3), (100, 100))
    assert wrist_hidden(across - 20, np.eye(3), (100, 100))


def test_what_has_no_cut_hides_it() -> None:
    texture = make_occluder(np.zeros((40, 40, 3), np.uint8), None)
    assert wrist_hidden(wrist_cut(texture), np.eye(3), (64, 64))
    empty = make_occluder(np.zeros((40, 40, 3), np.uint8), np.zeros((40, 40), np.uint8))
    assert wrist_hidden(wrist_cut(empty), np.eye(3), (64, 64))
