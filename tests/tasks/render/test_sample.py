from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from assets.bank.reader import Bank
from benchmarks.render import sample_planner
from manifests.recipe import load_recipe
from manifests.rows import Row
from manifests.shard_plan import ShardPlan
from natocc.placement.search import shows_wrist
from tasks.build.plan import make_plan
from tasks.render.inputs import load_face, open_inputs
from tasks.render.replay import parse_params
from tasks.render.sample import attempt
from tests.natocc.inputs import occluder
from tests.tasks.render.shards import bank_with, plan_of


def rows(bank: Bank, plan: ShardPlan, count: int) -> list[Row]:
    shard, planned = open_inputs(plan, bank), sample_planner(plan, bank)
    return [attempt(shard, planned(repeat)).row for repeat in range(count)]


def test_the_face_brings_its_landmarks_and_the_quality_of_its_file(bank_url: str) -> None:
    bank = Bank(bank_url)
    stored, small = (load_face(bank, bank.entries("face")[0], size, parsing=False) for size in (1024, 256))
    assert stored.jpeg_quality == 95 and small.jpeg_quality is None, "resizing ends a file's blocks"
    assert stored.landmarks == {}, "this bank has none"


@pytest.mark.parametrize("landmarks", [{"nose": None}, [[1, 2]], {"nose": [1, float("nan")]}, {"nose": [1]}])
def test_what_are_no_landmarks_fails_the_sample_and_not_the_shard(
    landmarks: object, bank_url: str, tmp_path: Path
) -> None:
    metadata = json.dumps({"landmarks": landmarks}).encode()
    bank = bank_with(Bank(bank_url), tmp_path, {"face": {"json": metadata}})
    (row,) = rows(bank, plan_of(bank, "randocc", parsing=False), 1)
    assert row.verdict == "failed" and "landmarks: expected" in row.reason


STEPS = ("light", "sharpness", "noise", "shadow", "history")


@pytest.mark.parametrize("step", STEPS)
def test_a_step_is_switched_in_the_recipe(step: str, bank_url: str) -> None:
    bank = Bank(bank_url)
    off = plan_of(bank, "object", naturalness={step: False}, size=1024)
    alone = plan_of(bank, "object", profile="paper", naturalness={step: True}, size=1024)
    without, only = ([json.loads(row.params or "") for row in rows(bank, one, 2)] for one in (off, alone))
    for params in without:
        assert [name for name in STEPS if not params[name]] == [step]
    for params in only:
        assert [name for name in STEPS if params[name]] == [step]
        assert step != "history" or params["history"] == 95


def test_how_colours_are_transferred_is_chosen_in_the_recipe(bank_url: str) -> None:
    bank = Bank(bank_url)
    sets = [{"name": "one", "kind": "hand", "colour_transfer": 0.7}]
    for method, guard in (("table", True), ("partial", False)):
        recipe = load_recipe("sample", size=256, sets=sets, transfer_method=method, contrast_guard=guard)
        plan = make_plan(recipe, bank, {}).shards[0]
        row = next(row for row in rows(bank, plan, 6) if row.verdict == "kept")
        transfer = json.loads(row.params or "")["transfer"]
        assert (transfer["method"], transfer["guard"], transfer["strength"]) == (method, guard, 0.7)
        assert json.loads(row.backends)["colour_transfer"] == method


@pytest.mark.parametrize("kind", ["hand", "object", "randocc"])
def test_kept_samples_obey_the_limits_and_rejected_ones_have_a_reason(kind: str, bank_url: str) -> None:
    bank = Bank(bank_url)
    made = rows(bank, plan_of(bank, kind, hidden_ratio=(0.1, 0.3)), 12)
    kept = [row for row in made if row.verdict == "kept"]
    assert len(kept) >= 9
    assert all(0.1 <= (row.hidden_ratio or 0) <= 0.3 for row in kept)
    reasons = Counter(row.reason for row in made if row.verdict != "kept")
    assert set(reasons) <= {"hidden_too_little", "hidden_too_much", "wrist_inside"}


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
