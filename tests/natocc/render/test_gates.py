from __future__ import annotations

from dataclasses import replace

import pytest

from natocc.placement.affine import Placement
from natocc.profiles import BEST
from natocc.render.gates import judge
from natocc.render.params import Params
from tests.natocc.inputs import draw, face, make, occluder


def across(centre: tuple[float, float]) -> Params:
    """A small hand, fingers down."""
    placement = Placement(centre=centre, scale=(0.12, 0.12), angle=0.0, shear=(0.0, 0.0), facing=0.0)
    return replace(draw(face(), "hand"), placement=placement)


def test_a_wrist_inside_the_picture_is_rejected_only_where_placements_are_tried() -> None:
    params = across((128.0, 128.0))
    composite = make(face(), params)
    assert 0.03 <= composite.hidden_ratio <= 0.6
    verdict = judge(composite, occluder("hand"), params, BEST)
    assert (verdict.verdict, verdict.reason) == ("rejected", "wrist_inside")
    single = replace(BEST, placement_tries=1)
    assert judge(composite, occluder("hand"), params, single).verdict == "kept"


def test_the_wrist_is_judged_before_the_hidden_share() -> None:
    params = across((128.0, 128.0))
    composite = replace(make(face(), params), hidden_ratio=0.9)
    assert judge(composite, occluder("hand"), params, BEST).reason == "wrist_inside"
    assert (
        judge(composite, occluder("hand"), replace(params, kind="object"), BEST).reason == "hidden_too_much"
    )


@pytest.mark.parametrize(
    ("hidden", "reason"), [(0.02, "hidden_too_little"), (0.03, ""), (0.61, "hidden_too_much")]
)
def test_the_profile_limits_the_hidden_share(hidden: float, reason: str) -> None:
    params = draw(face(), "object")
    composite = replace(make(face(), params), hidden_ratio=hidden)
    assert judge(composite, occluder("object"), params, BEST).reason == reason


def test_a_sample_with_nothing_over_the_face_is_kept() -> None:
    params = Params(kind="none")
    assert judge(make(face(), params), None, params, BEST).verdict == "kept"
