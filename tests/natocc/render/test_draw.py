from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from natocc.profiles import BEST, CODE, PAPER, PROFILES, Profile
from natocc.randomness import Streams
from natocc.render.draw import Switches, draw_params
from natocc.render.params import Params
from tests.natocc.inputs import draw, face, occluder

OFF = {
    "blur": {"blur_probability": 0.0},
    "jpeg": {"jpeg_probability": 0.0},
    "face_jpeg": {"face_jpeg_probability": 0.0},
    "tone": {"tone_probability": 0.0},
    "translucency": {"translucent_probability": 0.0},
    "seam": {"seam_blur": False},
    "final_affine": {"final_affine": False},
}
MAY_CHANGE = {
    "blur": {"blur", "final_blur"},
    "jpeg": {"jpeg"},
    "face_jpeg": {"face_jpeg"},
    "tone": {"tone", "final_tone"},
    "translucency": {"opacity"},
    "seam": {"seam_blur"},
    "final_affine": {"final_affine"},
}


def drawn(kind: str, profile: Profile, sample: int, switches: Switches | None = None) -> Params:
    streams = Streams(2, kind, str(sample))
    return draw_params(face(), occluder(kind), kind, profile, switches or Switches(), streams)


def changed(one: Params, other: Params) -> set[str]:
    return {field.name for field in fields(Params) if getattr(one, field.name) != getattr(other, field.name)}


@pytest.mark.parametrize("stage", sorted(OFF))
@pytest.mark.parametrize("kind", ["randocc", "hand"])
def test_switching_a_stage_off_moves_no_other(stage: str, kind: str) -> None:
    without = replace(PAPER, **OFF[stage])  # type: ignore[arg-type]
    seen: set[str] = set()
    for sample in range(30):
        apart = changed(drawn(kind, PAPER, sample), drawn(kind, without, sample))
        assert apart <= MAY_CHANGE[stage]
        seen |= apart
    assert seen or (stage, kind) == ("translucency", "hand")


def test_colour_transfer_and_harmonisation_move_nothing_else() -> None:
    for sample in range(20):
        on = Switches(transfer_strength=0.7, harmonise=True)
        assert changed(drawn("hand", BEST, sample), drawn("hand", BEST, sample, on)) == {"transfer"}
        assert changed(drawn("object", BEST, sample), drawn("object", BEST, sample, on)) == {"harmonise"}
        assert changed(drawn("randocc", BEST, sample), drawn("randocc", BEST, sample, on)) == set()


@pytest.mark.parametrize("kind", ["randocc", "object", "hand"])
def test_order_has_no_part_in_it(kind: str) -> None:
    forwards = [draw(face(), kind, sample=sample) for sample in range(8)]
    backwards = [draw(face(), kind, sample=sample) for sample in reversed(range(8))]
    assert forwards == backwards[::-1]
    assert len({one.placement for one in forwards}) == 8, "and every sample has a place of its own"


def test_stages_run_as_often_as_the_paper_says() -> None:
    count = 1200
    many = [drawn("randocc", PAPER, sample) for sample in range(count)]
    share = {
        "blur": 0.5,
        "jpeg": 0.5,
        "face_jpeg": 0.5,
        "tone": 0.5,
        "final_blur": 0.5,
        "final_tone": 0.5,
        "final_affine": 0.7,
    }
    for name, expected in share.items():
        assert np.mean([getattr(one, name) is not None for one in many]) == pytest.approx(expected, abs=0.045)
    assert np.mean([one.final_flip for one in many]) == pytest.approx(0.5, abs=0.045)
    translucent = [one.opacity for one in many if one.opacity < 1]
    assert len(translucent) / count == pytest.approx(0.3, abs=0.045)
    assert min(translucent) >= 0.5 and max(translucent) <= 0.8
    for qualities in ({one.jpeg for one in many}, {one.face_jpeg for one in many}):
        assert qualities - {None} == set(range(70, 101))
    assert all(one.tone is None or one.tone.by_mean for one in many)
    assert all(one.final_tone is None or not one.final_tone.by_mean for one in many)


def test_no_stage_runs_because_another_does() -> None:
    names = ("face_jpeg", "blur", "jpeg", "tone", "final_affine", "final_blur", "final_tone")
    many = [drawn("randocc", PAPER, sample) for sample in range(900)]
    table = np.array(
        [
            [*(getattr(one, name) is not None for name in names), one.final_flip, one.opacity < 1]
            for one in many
        ]
    )
    correlation = np.corrcoef(table.T.astype(float)) - np.eye(table.shape[1])
    assert np.abs(correlation).max() < 0.13


def test_the_released_constants_differ_where_the_code_does() -> None:
    many = [drawn("randocc", CODE, sample) for sample in range(600)]
    assert all(one.final_affine is None and one.face_jpeg is None for one in many)
    translucent = [one.opacity for one in many if one.opacity < 1]
    assert 0.4 <= min(translucent) < 0.42 and 0.68 < max(translucent) <= 0.7


@pytest.mark.parametrize("kind", ["object", "hand"])
def test_only_random_shapes_are_translucent(kind: str) -> None:
    assert {drawn(kind, PAPER, sample).opacity for sample in range(60)} == {1.0}


def test_an_unoccluded_sample_draws_nothing() -> None:
    for profile in PROFILES.values():
        assert drawn("none", profile, 0) == Params(kind="none")
