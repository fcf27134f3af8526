from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from natocc.geometry import Box, transform_points
from natocc.kinds import TARGETS, Target
from natocc.placement.affine import draw_placement, placement_matrix
from natocc.placement.targets import SCATTER, aim, choose_target
from natocc.profiles import BEST
from natocc.randomness import Streams
from tests.natocc.placement.test_search import LANDMARKS

BOX = Box(70, 40, 170, 180)
RADIUS = SCATTER * math.sqrt(BOX.width * BOX.height)


def centres(target: Target, count: int = 400) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    draws = (Streams(1, "targets", str(n)).stage("placement") for n in range(count))
    return np.array([aim(target, LANDMARKS, BOX, rng) for rng in draws])


@pytest.mark.parametrize(
    ("target", "parts"),
    [
        ("mouth", [(120, 135)]),
        ("eyes", [(95, 80), (145, 80)]),
        ("chin", [(120, 165)]),
        ("forehead", [(120, 47)]),
        ("cheek", [(93.6, 113), (146.4, 113)]),
    ],
)
def test_centres_fall_round_their_part_as_far_in_every_direction(
    target: Target, parts: list[tuple[float, float]]
) -> None:
    found = centres(target)
    apart = np.linalg.norm(found[:, None] - np.array(parts), axis=2)
    assert apart.min(1).max() <= RADIUS + 1e-9
    shares = np.bincount(apart.argmin(1), minlength=len(parts)) / len(found)
    assert np.abs(shares - 1 / len(parts)).max() < 0.1
    offset = (found - np.array(parts)[apart.argmin(1)]) / RADIUS
    assert offset.std(0) == pytest.approx([0.5, 0.5], abs=0.06)
    assert np.abs(offset.mean(0)).max() < 0.1


def test_targets_come_as_often_as_they_weigh() -> None:
    weights: tuple[tuple[Target, float], ...] = (("face", 4.0), ("cheek", 2.0), ("mouth", 2.0))
    draws = (Streams(1, "weights", str(n)).stage("placement") for n in range(2000))
    names = [choose_target(weights, LANDMARKS, rng) for rng in draws]
    shares = [names.count(name) / len(names) for name in ("face", "cheek", "mouth")]
    assert shares == pytest.approx([0.5, 0.25, 0.25], abs=0.03)


@pytest.mark.parametrize("target", [name for name in TARGETS if name != "face"])
def test_without_its_landmarks_a_target_is_the_whole_face(target: Target) -> None:
    rng = Streams(1, "t", "0").stage("placement")
    assert choose_target(((target, 1.0),), {"nose": (0.0, 0.0)}, rng) == "face"
    assert choose_target(((target, 1.0),), LANDMARKS, rng) == target


def test_a_hand_is_aimed_with_its_fingers_from_outside_the_face() -> None:
    profile = replace(BEST, affine_probability=0.0)
    for number in range(100):
        placement = draw_placement(
            BOX,
            (100, 80),
            profile,
            facing=True,
            rng=Streams(4, "t", str(number)).stage("placement"),
            target="cheek",
            landmarks=LANDMARKS,
        )
        fingers, wrist = transform_points(
            np.array([[39.5, 74.5], [39.5, 0.0]]), placement_matrix(placement, (100, 80))
        )
        cheeks = np.array([[93.6, 113], [146.4, 113]])
        assert np.linalg.norm(fingers - cheeks, axis=1).min() <= RADIUS + 1e-6
        middle = (120.0, 110.0)
        assert math.dist(wrist, middle) > math.dist(fingers, middle)


def test_aiming_leaves_size_and_turn_as_they_were() -> None:
    for number in range(50):
        plain, aimed = (
            draw_placement(
                BOX,
                (100, 80),
                BEST,
                facing=False,
                rng=Streams(3, "t", str(number)).stage("placement"),
                target=target,
                landmarks=LANDMARKS,
            )
            for target in ("face", "mouth")
        )
        assert replace(aimed, centre=plain.centre, target="face") == plain
