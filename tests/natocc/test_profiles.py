from __future__ import annotations

from dataclasses import fields, replace

import pytest

from natocc.kinds import OCCLUDING
from natocc.profiles import BEST, CODE, PAPER, PROFILES, Profile


def test_profiles_are_found_by_their_names() -> None:
    assert {"paper": PAPER, "code": CODE, "best": BEST} == PROFILES


def test_the_code_differs_from_the_paper_in_four_places() -> None:
    differing = {
        field.name for field in fields(Profile) if getattr(PAPER, field.name) != getattr(CODE, field.name)
    }
    assert differing == {"name", "face_jpeg_probability", "facing", "translucent_opacity", "final_affine"}


@pytest.mark.parametrize("profile", PROFILES.values(), ids=str)
def test_ranges_ascend_and_probabilities_are_shares(profile: Profile) -> None:
    for field in fields(profile):
        value = getattr(profile, field.name)
        if field.name.endswith("_probability"):
            assert 0 <= value <= 1, field.name
        elif (
            isinstance(value, tuple)
            and len(value) == 2
            and all(isinstance(end, int | float) for end in value)
        ):
            assert value[0] < value[1], field.name
    assert set(profile.facing) <= set(OCCLUDING)


def test_steps_beyond_the_paper_are_off_in_the_paper_and_the_code() -> None:
    steps = ("light", "sharpness", "noise", "shadow", "history")
    assert [getattr(BEST, step) for step in steps] == [True] * 5
    assert not any(getattr(profile, step) for profile in (PAPER, CODE) for step in steps)
    assert replace(BEST, light=False) != BEST


def test_the_paper_and_its_code_keep_a_face_however_much_is_hidden() -> None:
    assert PAPER.hidden_ratio == CODE.hidden_ratio == (0.0, 1.0)
    assert PAPER.placement_tries == CODE.placement_tries == 1
