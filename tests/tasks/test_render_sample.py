from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

import pytest

from assets.bank import Bank
from manifests.recipe import load_recipe
from manifests.rows import Row
from natocc.choose import shows_wrist
from natocc.placement import Placement
from tasks.plan import ShardPlan, make_plan
from tasks.render_sample import OccluderCache, attempt, gate, load_face, occluder_pool
from tasks.replay import parse_params
from tests.natocc.inputs import draw, face, make, occluder


def plan_of(bank: Bank, kind: str, **fields: object) -> ShardPlan:
    recipe = load_recipe("sample", size=256, sets=[{"name": "one", "kind": kind}], **fields)
    return make_plan(recipe, bank, {}).shards[0]


def rows(bank: Bank, plan: ShardPlan, count: int) -> list[Row]:
    cache, (one,), pool = OccluderCache(), bank.entries("face"), occluder_pool(bank, plan)
    return [attempt(plan, bank, cache, one, repeat, pool)[0] for repeat in range(count)]


def test_the_face_brings_its_landmarks_and_the_quality_of_its_file(bank_url: str) -> None:
    bank = Bank(bank_url)
    ready = load_face(bank, bank.entries("face")[0], 256, parsing=False)
    assert ready.jpeg_quality is not None and 50 <= ready.jpeg_quality <= 100
    assert ready.landmarks == {}, "this bank has none"


@pytest.mark.parametrize("kind", ["hand", "object", "randocc"])
def test_what_is_kept_obeys_the_limits_and_what_is_not_says_why(kind: str, bank_url: str) -> None:
    bank = Bank(bank_url)
    made = rows(bank, plan_of(bank, kind, hidden_ratio=(0.1, 0.3)), 12)
    kept = [row for row in made if row.verdict == "kept"]
    assert len(kept) >= 9
    assert all(0.1 <= (row.hidden_ratio or 0) <= 0.3 for row in kept)
    reasons = Counter(row.reason for row in made if row.verdict != "kept")
    assert set(reasons) <= {"hidden_too_little", "hidden_too_much", "wrist_inside"}


def test_a_visible_wrist_is_rejected_at_full_size_and_only_where_it_is_judged(bank_url: str) -> None:
    plan = plan_of(Bank(bank_url), "hand")
    params = draw(face(), "hand")
    across = Placement(centre=(128.0, 128.0), scale=(0.12, 0.12), angle=0.0, shear=(0.0, 0.0), facing=0.0)
    params = replace(params, placement=across)
    composite = make(face(), params)
    assert 0.03 <= composite.hidden_ratio <= 0.6
    verdict = gate(composite, plan, occluder("hand"), params)
    assert (verdict.verdict, verdict.reason) == ("rejected", "wrist_inside")
    published = replace(plan, profile=replace(plan.profile, placement_tries=1))
    assert gate(composite, published, occluder("hand"), params).verdict == "kept"


def test_no_kept_hand_shows_its_wrist_by_its_own_record(bank_url: str) -> None:
    bank, hand = Bank(bank_url), occluder("hand")
    assert hand is not None
    for row in rows(bank, plan_of(bank, "hand"), 12):
        placement = parse_params(json.loads(row.params or "{}")).placement
        assert placement is not None
        assert shows_wrist(hand, placement, (256, 256)) is (row.reason == "wrist_inside")


def test_a_recipes_targets_reach_the_profile_and_a_fallback_is_on_record(bank_url: str) -> None:
    bank = Bank(bank_url)
    plan = plan_of(bank, "object", targets={"mouth": 2, "cheek": 1})
    assert plan.profile.targets == (("cheek", 1.0), ("mouth", 2.0))
    (row,) = rows(bank, plan, 1)
    assert '"target": "face"' in (row.params or ""), "no landmarks in this bank"
    assert plan_of(bank, "object").profile.targets is None
