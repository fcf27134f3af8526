from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from assets.bank.reader import Bank
from benchmarks.render import sample_planner
from tasks.render.inputs import OccluderCache, load_occluder, open_inputs
from tests.tasks.render.shards import bank_with, plan_of


def test_a_sample_has_the_entries_that_its_plan_names(bank_url: str) -> None:
    bank = Bank(bank_url)
    shard = open_inputs(plan_of(bank, "randocc"), bank)
    (sample, *_) = shard.plan.samples
    inputs = shard.of_sample(sample)
    assert inputs.face == bank.entries("face")[0] and inputs.cache_key == sample.cache_key
    assert inputs.occluder in bank.entries("texture") and inputs.occluder.id == sample.occluder
    nothing = open_inputs(plan_of(bank, "none"), bank)
    assert nothing.of_sample(nothing.plan.samples[0]).occluder is None


def test_a_sample_has_its_name_and_paired_sets_draw_alike(bank_url: str) -> None:
    bank = Bank(bank_url)
    plan = plan_of(bank, "randocc")
    sample = sample_planner(plan, bank)(7)
    first, paired, other = (
        open_inputs(changed, bank).of_sample(sample)
        for changed in (plan, replace(plan, set="two"), replace(plan, set="two", stream="two"))
    )
    assert (first.key, paired.key) == ("one-00000-007", "two-00000-007")
    numbers = [inputs.streams.stage("placement").random() for inputs in (first, paired, other)]
    assert numbers[0] == numbers[1] != numbers[2]


def test_the_cache_gives_what_decoding_gives_within_its_budget(bank_url: str) -> None:
    bank = Bank(bank_url)
    entries = [entry for kind in ("object", "hand", "texture") for entry in bank.entries(kind)]
    small, large = OccluderCache(budget=1), OccluderCache()
    for entry in (*entries, *entries):
        decoded = load_occluder(bank, entry)
        for cache in (small, large):
            assert (cache.get(bank, entry).rgb[0] == decoded.rgb[0]).all()
    assert large.get(bank, entries[0]) is large.get(bank, entries[0])
    held = small.get(bank, entries[0])
    small.get(bank, entries[1])
    assert small.get(bank, entries[0]) is not held, "one at a time in so small a budget"


def test_the_upscaler_is_the_entrys_own(bank_url: str, tmp_path: Path) -> None:
    stored = {kind: {"json": json.dumps({"upscaler": "glean"}).encode()} for kind in ("object", "hand")}
    bank, cache = bank_with(Bank(bank_url), tmp_path, stored), OccluderCache()
    assert cache.upscaler(bank, bank.entries("object")[0]) == "glean"
    assert cache.upscaler(bank, bank.entries("hand")[0]) is None, "hands are not enlarged"
    assert OccluderCache().upscaler(Bank(bank_url), Bank(bank_url).entries("object")[0]) is None
