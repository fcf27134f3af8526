"""The failed samples of a published version, rendered again: a new version stands in for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, ValidationError

from assets.bank.reader import Bank
from manifests.dataset import Dataset, latest_version
from manifests.lineage import digest
from manifests.recipe import Recipe
from natocc.machine import Device, FullRangePrecision, Machine
from shards import storage
from shards.check_output import check_folder
from tasks.build.lock import lock_version, remove_free_locks
from tasks.build.plan import Plan, make_plan
from tasks.build.publish.repair import differing_inputs
from tasks.build.publish.staged import NotAsRecorded, remove_staged
from tasks.build.publish.write import publish_version, read_all_staged
from tasks.build.reuse import finished_shards, published_shards, take_over
from tasks.build.stored_samples import FinishedShard, StoredSamples
from tasks.build.version import Job, render_job
from tasks.errors import BuildStopped
from tasks.history.banned import refuse_withdrawn_entries, refuse_withdrawn_version
from tasks.history.locate import LocatedVersion, locate_version
from tasks.history.record import record_version
from tasks.inputs import BankUrl, VersionUrl
from tasks.options import Options, Wait, WeightsFolder, Workers
from tasks.progress import OnProgress, ignore_progress


class RetryOptions(Options):
    """The version, and what its failed samples are rendered with."""

    url: VersionUrl = Field(description="A version, or a dataset (its latest version).")
    bank: BankUrl = Field(description="The bank that it was made from.")
    workers: Workers = 2
    wait: Wait = False
    weights: WeightsFolder = None
    device: Device = Field("auto", description="Where a network runs.")
    precision: FullRangePrecision = Field("float32", description="What a network computes in.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryReport:
    """The result of a retry. Without a new version, ``url`` and ``dataset`` are those of the old one."""

    url: str
    dataset: Dataset
    # Of the new version; None if there is none.
    number: str | None
    instead_of: str | None
    # Samples that failed before, and those of them that do no longer.
    retried: int
    made: int
    # Key and reason of each sample that fails still.
    failures: tuple[tuple[str, str], ...] = ()
    # Whether latest.json names the new version.
    latest: bool = False
    warnings: tuple[str, ...] = ()


def retry(options: RetryOptions, *, on_progress: OnProgress = ignore_progress) -> RetryReport:
    """Render the failed samples of a version again, and copy or link all others.

    If at least one fails no longer, the result is published under a new hash, which follows from the planned
    version and the samples that fail still. Raises BuildStopped if bank, code, libraries or networks are not
    those of the version, or if it has withdrawn inputs; RecipeError if its recipe cannot be planned any
    more; BadDocument, BadRows.
    """
    located = locate_version(options.url)
    refuse_withdrawn_version(located)
    found = published_shards(located.url, located.dataset)
    failed = _failed_of(found)
    if not failed:
        remove_free_locks(located.dataset_url)
        return RetryReport(
            url=located.url, dataset=located.dataset, number=None, instead_of=None, retried=0, made=0
        )
    plan = _plan_again(located, options)
    with lock_version(located.dataset_url, located.version, wait=options.wait):
        return _retry_alone(located, found, plan, options, on_progress)


def _failed_of(found: Iterable[FinishedShard]) -> dict[str, str]:
    return _failed(shard.table() for shard in found if shard.record.counts.get("failed"))


def _failed(tables: Iterable[pa.Table]) -> dict[str, str]:
    """Keys of failed samples in tables of rows, each with its reason."""
    failed: dict[str, str] = {}
    for table in tables:
        rows = table.filter(pc.equal(table["verdict"], "failed"))
        failed |= dict(zip(rows["key"].to_pylist(), rows["reason"].to_pylist(), strict=True))
    return failed


def _plan_again(located: LocatedVersion, options: RetryOptions) -> Plan:
    """The plan that the version was made by. Raises BuildStopped if it cannot be made again."""
    dataset, url = located.dataset, located.url
    bank = Bank(options.bank)
    recorded, given = dataset.bank.get("content_sha256"), bank.index["content_sha256"]
    if recorded != given:
        raise _stopped(url, [f"bank {recorded}, got {given}"])
    try:
        recipe = Recipe.model_validate(dataset.recipe)
    except ValidationError as error:
        raise _stopped(url, ["a recipe of this release, got that of another"]) from error
    overrides = dict(dataset.overrides)
    limit = overrides.get("limit")
    machine = Machine(weights=options.weights, device=options.device, precision=options.precision)
    plan = make_plan(recipe, bank, overrides, limit if isinstance(limit, int) else None, machine)
    if differing := differing_inputs(plan, dataset):
        raise _stopped(url, differing)
    planned = [(shard.file, shard.cache_key) for shard in plan.shards]
    if planned != [(record.file, record.cache_key) for record in dataset.shards]:
        raise _stopped(url, ["the planned shards, got others (inputs were withdrawn from it, for instance)"])
    return plan


def _stopped(url: str, differing: Sequence[str]) -> BuildStopped:
    return BuildStopped(
        f"{url}: to retry its failed samples, expected what the version was made with: "
        f"{'; expected '.join(differing)}; give that, or build a new version with `natocc build`"
    )


def _retry_alone(
    located: LocatedVersion,
    found: Sequence[FinishedShard],
    plan: Plan,
    options: RetryOptions,
    on_progress: OnProgress,
) -> RetryReport:
    before = _failed_of(found)
    pointed = latest_version(located.dataset_url)
    job = _start(located, found, plan, options)
    remarks = [line for shard in render_job(job, options.workers, on_progress) for line in shard.remarks]
    shards = read_all_staged(plan.shards, job.staging_url)
    after = _failed(shard.table() for shard in shards)
    report = RetryReport(
        url=located.url,
        dataset=located.dataset,
        number=None,
        instead_of=None,
        retried=len(before),
        made=len(before.keys() - after.keys()),
        failures=tuple(after.items()),
        warnings=(*job.remarks, *dict.fromkeys(remarks)),
    )
    if not report.made:
        storage.remove(job.staging_url)
        return report
    # The same samples that fail still give the same name, by whichever retries.
    version = digest([plan.version, "retried", sorted(after)])[:12]
    url = storage.join(located.dataset_url, version)
    renamed = replace(plan, version=version, instead_of=located.version)
    refuse_withdrawn_entries(located.dataset_url, lambda: plan.entries)
    with lock_version(located.dataset_url, version, wait=options.wait):
        dataset, _ = publish_version(renamed, job.staging_url, url)
    latest = pointed in (located.version, version)
    recorded = record_version(
        located.dataset_url,
        version,
        instead_of=located.version,
        latest=latest,
        wait=options.wait,
    )
    return replace(
        report,
        url=url,
        dataset=dataset,
        number=recorded.entry.number,
        instead_of=located.version,
        latest=latest,
        warnings=(*report.warnings, *recorded.remarks),
    )


def _start(located: LocatedVersion, found: Sequence[FinishedShard], plan: Plan, options: RetryOptions) -> Job:
    """The job with all shards taken over but those with failures, and with what a stopped retry finished."""
    job = Job(
        plan=replace(plan, version=located.version),
        bank=options.bank,
        weights=options.weights,
        dataset_url=located.dataset_url,
        done=(),
        todo=(),
        found=None,
    )
    check_folder(job.staging_url)
    storage.make_folder(job.staging_url)
    here = finished_shards(plan.shards, job.staging_url)
    # A record with failures may be that of an earlier try.
    done = {file: record for file, record in here.records.items() if not record.counts.get("failed")}
    for file in here.records.keys() - done.keys():
        remove_staged(job.staging_url, file)
    failing = {shard.record.file for shard in found if shard.record.counts.get("failed")}
    remarks = list(here.remarks)
    damaged: set[str] = set()
    by_file = {shard.record.file: shard for shard in found}
    for shard in plan.shards:
        if shard.file not in done and shard.file not in failing:
            try:
                done[shard.file] = take_over(by_file[shard.file], job.staging_url, shard)
            except (NotAsRecorded, OSError) as error:
                damaged.add(shard.file)
                remarks.append(f"{error}; the shard is rendered again")
    return replace(
        job,
        done=tuple(done[shard.file] for shard in plan.shards if shard.file in done),
        todo=tuple(shard for shard in plan.shards if shard.file not in done),
        stored=StoredSamples(shard for shard in found if shard.record.file not in damaged),
        remarks=tuple(remarks),
    )
