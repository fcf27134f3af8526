from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from assets.bank.reader import Bank
from manifests.recipe import load_recipe
from natocc.profiles import BEST
from natocc.randomness import Streams
from natocc.render.draw import Switches, draw_params
from tasks.build.plan import make_plan
from tasks.compare.cases import Case, choose_cases
from tasks.compare.renditions import Rendition, draw_rendition, parse_rendition, render_rendition, steps_of
from tasks.render.inputs import load_face, load_occluder


@pytest.fixture()
def cases(bank_url: str, recipe_file: Callable[..., str]) -> list[Case]:
    return choose_cases(Bank(bank_url), recipe_file(), ("randocc", "object", "hand"), 3, 2)


def test_code_is_the_released_methods_pixels_under_either_name() -> None:
    assert parse_rendition("code") == parse_rendition("released")
    assert parse_rendition("code").released and not parse_rendition("paper").released


def test_a_step_of_the_profile_is_switched_off() -> None:
    able = parse_rendition("paper-seam_blur")
    assert not able.profile.seam_blur and parse_rendition("paper").profile.seam_blur
    for step in steps_of(BEST):
        assert parse_rendition(f"best-{step}") != parse_rendition("best")


def test_several_steps_are_switched_off() -> None:
    assert parse_rendition("best-transfer-harmonise").without == {"transfer", "harmonise"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "beast",
            r"rendition 'beast': expected code \(the released method's pixels\), best, paper, or .*got 'beast'",
        ),
        ("", r"expected code .*got ''"),
        (
            "best-glitter",
            r"rendition 'best-glitter': expected steps that best has on \(.*transfer.*\), got glitter",
        ),
        ("paper-shadow", r"expected steps that paper has on \(.*seam_blur.*\), got shadow"),
        ("code-shadow", r"rendition 'code-shadow': expected code alone, got steps to switch off"),
    ],
)
def test_an_unknown_rendition_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_rendition(text)


def test_placement_shape_opacity_and_final_view_are_common_to_all_renditions(
    cases: list[Case], bank_url: str
) -> None:
    bank = Bank(bank_url)
    common = (
        "face_jpeg",
        "shape",
        "placement",
        "opacity",
        "final_affine",
        "final_blur",
        "final_tone",
        "final_flip",
    )
    seen = set()
    for case in cases:
        face = load_face(bank, case.face, case.plan.size, parsing=False)
        occluder = load_occluder(bank, case.occluder)
        for name in ("code", "paper", "best", "best-transfer-harmonise"):
            rendition = parse_rendition(name)
            params = draw_rendition(rendition, case.params, face, occluder, case.plan, case.streams)
            assert all(getattr(params, field) == getattr(case.params, field) for field in common)
            # The published transfer takes seconds.
            quick = replace(params, transfer=None)
            composite = render_rendition(rendition, face, occluder, quick, case.plan)
            best = render_rendition(parse_rendition("best"), face, occluder, case.params, case.plan)
            assert np.array_equal(composite.clean, best.clean)
            assert abs(composite.hidden_ratio - best.hidden_ratio) < 0.05
            if params.transfer and name == "code":
                assert (params.transfer.method, params.transfer.strength) == ("sot", 1.0)
            seen.add((case.plan.kind, name, params.transfer is not None, params.harmonise))
    assert ("hand", "best", True, False) in seen and ("object", "best", False, True) in seen
    assert ("object", "code", False, False) in seen
    assert ("hand", "best-transfer-harmonise", False, False) in seen
    assert ("object", "best-transfer-harmonise", False, False) in seen


def test_best_draws_what_a_build_draws(cases: list[Case], bank_url: str) -> None:
    bank = Bank(bank_url)
    for case in cases:
        face = load_face(bank, case.face, case.plan.size, parsing=False)
        occluder = load_occluder(bank, case.occluder)
        params = draw_rendition(Rendition(profile=BEST), case.params, face, occluder, case.plan, case.streams)
        assert params == case.params


def test_a_rendition_keeps_what_the_recipe_switches(bank_url: str) -> None:
    recipe = load_recipe(
        "sample",
        size=256,
        sets=[{"name": "one", "kind": "hand", "colour_transfer": 1.0}],
        transfer_method="partial",
        contrast_guard=False,
        naturalness={"noise": False},
    )
    bank = Bank(bank_url)
    plan = make_plan(recipe, bank, {}).shards[0]
    on = load_face(bank, bank.entries("face")[0], 256, parsing=False)
    hand = load_occluder(bank, bank.entries("hand")[0])
    streams = Streams(2, "one", "0")
    common = draw_params(on, hand, "hand", plan.profile, Switches(), streams)
    drawn = draw_rendition(parse_rendition("best-sharpness-history"), common, on, hand, plan, streams)
    assert drawn.transfer is not None and (drawn.transfer.method, drawn.transfer.guard) == ("partial", False)
    assert drawn.noise is None and drawn.light is not None and drawn.shadow is not None
    assert (drawn.sharpness, drawn.history, drawn.blur, drawn.jpeg) == (False, None, None, None)
