from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from natocc.geometry import Box, transform_points
from natocc.placement.affine import (
    Placement,
    anisotropy,
    draw_placement,
    facing_angle,
    limit_anisotropy,
    placement_matrix,
)
from natocc.profiles import BEST, PAPER, PROFILES, Profile
from natocc.randomness import Streams
from tests.natocc.inputs import draw, face

FACE = Box(200, 150, 800, 900)
SIZES = st.integers(8, 2000)
WITHIN = st.floats(-500, 500)


def drawn(profile: Profile, seed: int, size: tuple[int, int] = (300, 500), facing: bool = False) -> Placement:
    rng = Streams(seed, "test", "0").stage("placement")
    return draw_placement(FACE, size, profile, facing=facing, rng=rng)


def released_turn(px: float, py: float, cx: float, cy: float) -> float:
    """Clockwise degrees, as the released code computes them."""
    turn = math.degrees(math.atan2(py - cy, px - cx) - math.atan2(py - cy, 0)) % 360
    return turn + 180 if py > cy else turn


@given(WITHIN, WITHIN, WITHIN, WITHIN)
def test_turns_to_the_face_by_the_released_formula(px: float, py: float, cx: float, cy: float) -> None:
    assume(abs(py - cy) > 1e-3)
    clockwise = released_turn(px, py, cx, cy)
    apart = (facing_angle((px, py), (cx, cy)) + clockwise) % 360
    assert min(apart, 360 - apart) < 1e-6


@given(WITHIN, WITHIN)
def test_a_hand_stored_fingers_down_reaches_for_the_middle_of_the_face(px: float, py: float) -> None:
    assume(math.hypot(px, py) > 1)
    placement = Placement(
        centre=(px, py), scale=(1, 1), angle=0, shear=(0, 0), facing=facing_angle((px, py), (0, 0))
    )
    middle, fingers = transform_points(
        np.array([[49.5, 99.5], [49.5, 199.0]]), placement_matrix(placement, (200, 100))
    )
    assert middle == pytest.approx([px, py])
    towards = (fingers - middle) / np.linalg.norm(fingers - middle)
    assert towards == pytest.approx(-middle / np.linalg.norm(middle), abs=1e-6)


def test_on_the_very_middle_nothing_turns() -> None:
    assert facing_angle((5, 5), (5, 5)) == 0


@given(st.integers(0, 10**6), SIZES, SIZES)
def test_before_the_affine_half_to_all_of_the_faces_box_is_covered(
    seed: int, height: int, width: int
) -> None:
    placement = drawn(replace(PAPER, affine_probability=0.0), seed, (height, width))
    covered = placement.scale[0] * width * placement.scale[1] * height
    assert 0.5 - 1e-9 <= covered / (600 * 750) <= 1 + 1e-9
    assert placement.scale[0] == placement.scale[1]


def test_the_best_profile_never_stretches_beyond_its_aspect() -> None:
    aspects = np.array([np.divide(*drawn(BEST, seed).scale) for seed in range(3000)])
    assert 0.87 - 1e-9 <= aspects.min() < 0.88 and 1.14 < aspects.max() <= 1.15 + 1e-9
    free = np.array([np.divide(*drawn(PAPER, seed).scale) for seed in range(3000)])
    assert free.min() < 0.75 and free.max() > 1.35


def test_scale_and_shear_together_stretch_by_no_more_than_a_quarter() -> None:
    most = 0.0
    for seed in range(3000):
        linear = placement_matrix(drawn(BEST, seed, facing=True), (300, 500))[:2, :2]
        long, short = np.linalg.svd(linear, compute_uv=False)
        most = max(most, long / short)
    assert 1.24 < most <= 1.25 + 1e-9


@given(st.floats(0.5, 2), st.floats(0.5, 2), st.floats(-30, 30), st.floats(-30, 30), st.floats(1.02, 2))
def test_a_limited_stretch_keeps_its_size_and_leaves_what_is_within(
    x: float, y: float, shear_x: float, shear_y: float, most: float
) -> None:
    scale, shear = limit_anisotropy((x, y), (shear_x, shear_y), most)
    assert anisotropy(scale, shear) <= most
    assert scale[0] * scale[1] == pytest.approx(x * y)
    if anisotropy((x, y), (shear_x, shear_y)) <= most:
        assert (scale, shear) == ((x, y), (shear_x, shear_y))


def test_limits_move_no_other_number() -> None:
    for seed in range(200):
        free, bound = drawn(replace(BEST, affine_anisotropy=None), seed), drawn(BEST, seed)
        assert (free.centre, free.angle) == (bound.centre, bound.angle)


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_numbers_stay_within_the_profiles_limits(name: str) -> None:
    profile = PROFILES[name]
    many = [drawn(profile, seed) for seed in range(2000)]
    assert all(200 <= one.centre[0] < 800 and 150 <= one.centre[1] < 900 for one in many)
    assert all(abs(one.angle) <= 15 and abs(one.shear[0]) <= 8 and abs(one.shear[1]) <= 8 for one in many)
    still = [one for one in many if one.angle == 0 and one.shear == (0, 0)]
    assert abs(len(still) / len(many) - 0.3) < 0.04, "seven in ten are augmented"


def test_centres_fill_the_faces_box_evenly() -> None:
    x, y = np.array([drawn(PAPER, seed).centre for seed in range(4000)]).T
    for values, low, high in ((x, 200, 800), (y, 150, 900)):
        shares = np.histogram(values, 5, (low, high))[0] / 4000
        assert np.abs(shares - 0.2).max() < 0.03


@pytest.mark.parametrize(
    ("profile", "kind", "turns"),
    [
        ("paper", "hand", True),
        ("paper", "object", False),
        ("code", "object", True),
        ("code", "hand", True),
        ("code", "randocc", False),
        ("best", "hand", True),
        ("best", "object", False),
    ],
)
def test_hands_turn_to_the_face_and_objects_only_in_the_released_code(
    profile: str, kind: str, turns: bool
) -> None:
    params = draw(face(), kind, profile)  # type: ignore[arg-type]
    assert params.placement is not None
    assert (params.placement.facing != 0) is turns
