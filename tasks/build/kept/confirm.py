"""After a change of code: which stored samples are rendered again, and what their comparison decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import nsmallest

from manifests.dataset import Dataset
from manifests.outcomes.confirmed_code import ConfirmedCode
from manifests.shard_plan import SamplePlan, ShardPlan
from tasks.build.expand import SetPlan
from tasks.build.plan import Plan
from tasks.build.reuse import Reused
from tasks.build.stored_samples import StoredSamples
from tasks.render.check_code import CheckedCode, CodeCheck, check_code
from tasks.workers.pool import WorkerPool

OPTION = "--confirm-code"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetCheck:
    """The check of one set: the code before, the samples to render, all that may be kept."""

    set: str
    code: str
    check: CodeCheck
    # The stored key of every sample that is kept if the check finds no difference.
    former: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """What checks decided: the samples to take over, and for each set a record or a remark."""

    stored: StoredSamples
    confirmed: tuple[ConfirmedCode, ...] = ()
    remarks: tuple[str, ...] = ()


def plan_checks(
    most: int, plan: Plan, todo: Sequence[ShardPlan], reused: Reused
) -> tuple[tuple[SetCheck, ...], tuple[str, ...]]:
    """A check of at most ``most`` samples for each set whose code is not that of the latest version.

    Only samples of the shards ``todo`` count. Returns remarks on what there is nothing to check in.
    """
    latest, stored = reused.latest, reused.samples
    if latest is None:
        return (), (f"{OPTION}: expected an earlier version to compare with, got none; all is rendered",)
    changed = [planned for planned in plan.sets if code_of(latest, planned.name) != planned.code]
    if not changed:
        return (), (f"{OPTION}: the code is that of version {latest.version}; nothing to confirm",)
    checks: list[SetCheck] = []
    remarks: list[str] = []
    for planned in changed:
        code = code_of(latest, planned.name)
        if code is None:
            problem = f"expected version {latest.version} to state the code of its samples, got none"
            remarks.append(f"{OPTION}: set {planned.name}: {problem}; the set is rendered")
            continue
        shards = [shard for shard in todo if shard.set == planned.name]
        former = dict(_former_keys(planned, code, shards, stored))
        if former:
            checks.append(_set_check(most, planned, code, former, shards, stored))
        elif shards:
            problem = f"expected samples of version {latest.version} with equal inputs, recipe and libraries"
            remarks.append(f"{OPTION}: set {planned.name}: {problem}, got none; the set is rendered")
    return tuple(checks), tuple(remarks)


def code_of(dataset: Dataset, name: str) -> str | None:
    """The rendering code of a set; None if there is no such set, or if an earlier release did not say.

    Without a network, all sets have one code.
    """
    one = (
        dataset.code_version
        if name in dataset.counts_by_set and "harmoniser" not in dataset.networks
        else None
    )
    return dataset.code_by_set.get(name, one)


def _former_keys(
    planned: SetPlan, code: str, shards: Sequence[ShardPlan], stored: StoredSamples
) -> Iterator[tuple[str, str]]:
    """The new key and the stored one of each sample that is stored under the code before alone."""
    samples = [sample for shard in shards for sample in shard.samples if sample.cache_key not in stored]
    for sample, key in zip(samples, planned.keys_under(code, samples), strict=True):
        if key in stored:
            yield sample.cache_key, key


def _set_check(
    most: int,
    planned: SetPlan,
    code: str,
    former: Mapping[str, str],
    shards: Sequence[ShardPlan],
    stored: StoredSamples,
) -> SetCheck:
    # Keys are hashes, so that the lowest are a choice over the whole set.
    chosen = frozenset(nsmallest(most, former))
    samples: tuple[SamplePlan, ...] = tuple(
        sample for shard in shards for sample in shard.samples if sample.cache_key in chosen
    )
    plan = replace(shards[0], samples=samples)
    change = ConfirmedCode(set=planned.name, code=code, samples=len(samples))
    check = CodeCheck(plan=plan, stored=stored.with_former(former, change).of_plan(plan))
    return SetCheck(set=planned.name, code=code, check=check, former=former)


def run_checks(
    checks: Sequence[SetCheck], bank: str, bank_sha256: str, weights: str | None, workers: int
) -> list[CheckedCode]:
    """Render the samples of the checks in worker processes, and compare them."""
    with WorkerPool(workers) as pool:
        running = [pool.submit(check_code, one.check, bank, bank_sha256, weights) for one in checks]
        return [future.result() for future in running]


def confirm(
    stored: StoredSamples, checks: Sequence[SetCheck], results: Sequence[CheckedCode]
) -> Confirmation:
    """Take over the samples of every set whose check found equal samples and no difference."""
    confirmed: list[ConfirmedCode] = []
    remarks: list[str] = []
    for check, result in zip(checks, results, strict=True):
        remarks += result.remarks
        if result.difference:
            remarks.append(f"{OPTION}: set {check.set}: {result.difference}; the set is rendered")
        elif result.equal == 0:
            remarks.append(f"{OPTION}: set {check.set}: no stored sample can be read; the set is rendered")
        else:
            change = ConfirmedCode(set=check.set, code=check.code, samples=result.equal)
            stored = stored.with_former(check.former, change)
            confirmed.append(change)
    return Confirmation(stored=stored, confirmed=tuple(confirmed), remarks=tuple(remarks))
