from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

from assets.bank.reader import Bank, Entry
from tasks.render.inputs import OccluderCache, choose_inputs, load_occluder, open_inputs
from tests.tasks.render.shards import bank_with, plan_of


def chosen(bank: Bank, pool: tuple[Entry, ...], face: Entry, kind: str = "randocc") -> Counter[str]:
    shard = replace(open_inputs(plan_of(bank, kind), bank), pool=pool)
    found = (choose_inputs(shard, face, repeat).occluder for repeat in range(300))
    return Counter(occluder.id if occluder else "" for occluder in found)


def test_the_pool_is_the_plans_in_its_order(bank_url: str) -> None:
    bank = Bank(bank_url)
    plan = plan_of(bank, "randocc")
    turned = replace(plan, occluders=plan.occluders[::-1])
    assert tuple(entry.id for entry in open_inputs(turned, bank).pool) == plan.occluders[::-1]
    nothing = open_inputs(plan_of(bank, "none"), bank)
    (face,) = bank.entries("face")
    assert nothing.pool == () and choose_inputs(nothing, face, 0).occluder is None


def test_an_occluder_of_the_faces_own_photograph_is_never_chosen(bank_url: str) -> None:
    bank = Bank(bank_url)
    (face,), pool = bank.entries("face"), bank.entries("texture")
    own = (replace(pool[0], photo=face.photo), *pool[1:])
    assert chosen(bank, own, face).keys() == {entry.id for entry in pool[1:]}
    assert chosen(bank, own[:1], face) == {"": 300}


def test_textures_are_drawn_by_category_and_cut_outs_one_by_one(bank_url: str) -> None:
    bank = Bank(bank_url)
    (face,), (entry, *_) = bank.entries("face"), bank.entries("texture")
    pool = tuple(replace(entry, id=str(n), category="banded" if n < 9 else "dotted") for n in range(10))
    assert 110 < chosen(bank, pool, face)["9"] < 190, "half of them"
    assert chosen(bank, pool, face, kind="object")["9"] < 60, "a tenth of them"


def test_a_sample_has_its_key_and_paired_sets_draw_alike(bank_url: str) -> None:
    bank = Bank(bank_url)
    (face,) = bank.entries("face")
    plan = plan_of(bank, "randocc")
    first, paired, other = (
        choose_inputs(open_inputs(changed, bank), face, 7)
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
