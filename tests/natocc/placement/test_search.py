from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from natocc.face import Face
from natocc.occluders.shapes import draw_shape
from natocc.placement.affine import Placement
from natocc.placement.search import choose_placement, judges_wrist, shows_wrist
from natocc.profiles import BEST, CODE, PAPER, Profile
from natocc.randomness import Streams
from tests.natocc.inputs import draw, face, make, occluder, tall_face

LANDMARKS = {
    "left_eye": (95.0, 80.0),
    "right_eye": (145.0, 80.0),
    "nose": (120.0, 110.0),
    "mouth_left": (100.0, 135.0),
    "mouth_right": (140.0, 135.0),
    "chin": (120.0, 165.0),
}


def chosen(kind: str, profile: Profile, sample: int, on: Face | None = None) -> Placement:
    streams = Streams(2, kind, str(sample))
    cut_out = occluder(kind)
    assert cut_out is not None
    shape = draw_shape(streams.stage("shape")) if kind == "randocc" else None
    return choose_placement(on or face(), cut_out, shape, kind, profile, streams.stage("placement"))


@pytest.mark.parametrize("kind", ["randocc", "object", "hand"])
def test_the_best_profile_neither_misses_the_face_nor_hides_it(kind: str) -> None:
    hidden = [make(face(), draw(face(), kind, sample=sample)).hidden_ratio for sample in range(80)]
    outside = [value for value in hidden if not 0.03 <= value <= 0.6]
    assert len(outside) <= 1, "and the gate refuses the rest"


@pytest.mark.parametrize("on", [face(), tall_face(), face(96)], ids=["square", "tall", "small"])
def test_no_hand_that_was_fitted_shows_the_cut_through_its_wrist(on: Face) -> None:
    hand = occluder("hand")
    assert hand is not None
    for sample in range(60):
        params = draw(on, "hand", sample=sample)
        assert params.placement is not None
        if params.placement.tries == BEST.placement_tries:
            continue
        assert not shows_wrist(hand, params.placement, on.size)
        alpha = make(on, replace(params, final_flip=False)).alpha
        border = [alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]]
        assert max(int(line.max()) for line in border) == 255, "the arm goes on beyond the picture"


def test_a_hand_with_its_wrist_in_the_picture_is_told_from_one_without() -> None:
    hand = occluder("hand")
    assert hand is not None
    inside = Placement(centre=(128, 128), scale=(0.1, 0.1), angle=0, shear=(0, 0), facing=0)
    assert shows_wrist(hand, inside, (256, 256))
    above = replace(inside, centre=(128, 0.1 * hand.size[0] / 2 - 6))
    assert not shows_wrist(hand, above, (256, 256))


def test_only_where_placements_are_tried_a_wrist_is_judged() -> None:
    assert judges_wrist("hand", BEST) and not judges_wrist("object", BEST)
    assert not judges_wrist("hand", PAPER) and not judges_wrist("hand", CODE)


def test_tries_are_recorded_and_limited() -> None:
    tries = [chosen("hand", BEST, sample).tries for sample in range(60)]
    assert min(tries) == 1 and 4 < max(tries) <= BEST.placement_tries == 24
    assert {chosen("hand", PAPER, sample).tries for sample in range(20)} == {1}


def test_a_placement_that_can_never_fit_is_given_up() -> None:
    impossible = replace(BEST, hidden_ratio=(0.98, 0.99))
    assert chosen("object", impossible, 0).tries == 24


@pytest.mark.parametrize("kind", ["randocc", "object", "hand"])
def test_the_same_stream_gives_the_same_placement(kind: str) -> None:
    assert [chosen(kind, BEST, n) for n in range(6)] == [chosen(kind, BEST, n) for n in range(6)]


def test_a_target_is_kept_over_the_tries_and_the_rules_still_hold() -> None:
    aimed = replace(face(), landmarks=LANDMARKS)
    profile = replace(BEST, targets=(("cheek", 1.0), ("mouth", 1.0)))
    hand = occluder("hand")
    assert hand is not None
    seen = []
    for sample in range(60):
        placement = chosen("hand", profile, sample, aimed)
        seen.append(placement.target)
        if placement.tries < profile.placement_tries:
            assert not shows_wrist(hand, placement, aimed.size)
    assert 15 < seen.count("mouth") < 45 and set(seen) == {"cheek", "mouth"}


def test_a_face_without_landmarks_falls_back_and_says_so() -> None:
    profile = replace(BEST, targets=(("mouth", 1.0),))
    placements = [chosen("object", profile, sample) for sample in range(30)]
    assert {one.target for one in placements} == {"face"}
    spread = np.std([one.centre for one in placements], axis=0)
    assert spread.min() > 0.15 * min(face().box.width, face().box.height)
