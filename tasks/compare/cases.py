"""Choose samples to compare among those that a build of the recipe would keep, equally by kind."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from assets.bank.reader import Bank, Entry
from assets.wording import count_of
from manifests.recipe import load_recipe
from manifests.shard_plan import SamplePlan, ShardPlan
from natocc.kinds import OCCLUDING
from natocc.randomness import Streams
from natocc.render.params import Params
from tasks.build.plan import make_plan
from tasks.render.inputs import OccluderCache, open_inputs
from tasks.render.replay import parse_params
from tasks.render.sample import attempt

_Candidate = tuple[ShardPlan, SamplePlan]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One kept sample: face, occluder, and the parameters that profile ``best`` drew for them."""

    plan: ShardPlan
    face: Entry
    repeat: int
    occluder: Entry
    params: Params

    @property
    def streams(self) -> Streams:
        """The random streams that the sample's parameters were drawn from."""
        return Streams(self.plan.seed, self.plan.stream, f"{self.face.id}-{self.repeat:03d}")


def check_kinds(names: list[str]) -> tuple[str, ...]:
    """The kinds without repeats. Raises ValueError for an unknown name, and for an empty list."""
    unknown = [name for name in names if name not in OCCLUDING]
    if unknown or not names:
        got = ", ".join(unknown) or "none"
        raise ValueError(f"--kinds: expected some of {', '.join(OCCLUDING)}, got {got}")
    return tuple(kind for kind in OCCLUDING if kind in names)


def choose_cases(
    bank: Bank,
    recipe: str,
    kinds: tuple[str, ...],
    count: int,
    seed: int,
    size: int | None = None,
    on_candidate: Callable[[], None] = lambda: None,
) -> list[Case]:
    """``count`` different samples of the recipe's sets with profile ``best``, by ``seed``, kind by kind.

    ``on_candidate`` is called before each sample that is tried. Raises ValueError if a kind has fewer samples
    than its share.
    """
    if count < len(kinds):
        raise ValueError(f"--limit: expected at least 1 pair of each of {len(kinds)} kinds, got {count}")
    plan = make_plan(load_recipe(recipe, profile="best", seed=seed, size=size, parsing=False), bank, {})
    cache = OccluderCache()
    cases: list[Case] = []
    for number, kind in enumerate(kinds):
        share = count // len(kinds) + (number < count % len(kinds))
        shards = [shard for shard in plan.shards if shard.kind == kind]
        found: list[Case] = []
        for shard, sample in _candidates(shards, Streams(seed, "compare", kind)):
            if len(found) == share:
                break
            on_candidate()
            if case := _kept(shard, bank, cache, sample):
                found.append(case)
        if len(found) < share:
            raise ValueError(
                f"--limit: expected at most {count_of(len(found), 'pairs')} of kind {kind} (that is what "
                f"recipe {recipe} gives with this bank), got {share} of {count}; lower --limit, raise the "
                f"recipe's repeats or leave the kind out of --kinds"
            )
        cases += found
    return cases


def _candidates(shards: list[ShardPlan], streams: Streams) -> list[_Candidate]:
    """Every sample of the shards in random order; samples shared by paired sets (of one stream) come once."""
    listed = [(shard, sample) for shard in shards for sample in shard.samples]
    order = streams.stage("order").permutation(len(listed))
    seen: set[tuple[str, str, int]] = set()
    chosen = []
    for shard, sample in (listed[int(position)] for position in np.asarray(order)):
        if (key := (shard.stream, sample.face, sample.repeat)) not in seen:
            seen.add(key)
            chosen.append((shard, sample))
    return chosen


def _kept(plan: ShardPlan, bank: Bank, cache: OccluderCache, sample: SamplePlan) -> Case | None:
    """The sample as a build makes it; None if a build would reject it."""
    shard = open_inputs(plan, bank, cache)
    row = attempt(shard, sample).row
    if row.verdict != "kept" or row.params is None:
        return None
    inputs = shard.of_sample(sample)
    assert inputs.occluder is not None  # noqa: S101 (kinds that are compared have one)
    params = parse_params(json.loads(row.params))
    return Case(plan=plan, face=inputs.face, repeat=sample.repeat, occluder=inputs.occluder, params=params)
