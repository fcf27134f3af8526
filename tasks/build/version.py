"""Building a version: what is to be done, what can be kept, and the plain way to do it."""

from __future__ import annotations

import json
import time
from concurrent.futures import as_completed
from dataclasses import dataclass, replace

from assets.bank.reader import Bank
from manifests.dataset import (
    INDEX,
    MANIFEST,
    Dataset,
    ShardRecord,
    latest_version,
    point_latest,
    read_dataset,
)
from manifests.recipe import load_recipe
from manifests.rows import decode_rows, encode_rows
from manifests.shard_plan import ShardPlan
from shards import storage
from tasks.build.options import BuildOptions
from tasks.build.plan import Plan, make_plan
from tasks.build.publish import publish
from tasks.progress import OnProgress, ProgressCounter, ignore_progress
from tasks.render.shard import record_url, render_shard, rows_url
from tasks.workers.pool import WorkerPool, result_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A planned build: the folders, the shards that are there already and those to render."""

    plan: Plan
    bank: str
    # The folder of networks' weights; None for the usual one.
    weights: str | None
    dataset_url: str
    done: tuple[ShardRecord, ...]
    todo: tuple[ShardPlan, ...]
    published: Dataset | None

    @property
    def version_url(self) -> str:
        return storage.join(self.dataset_url, self.plan.version)

    @property
    def bank_sha256(self) -> str:
        return str(self.plan.bank["content_sha256"])

    @property
    def staging_url(self) -> str:
        return storage.join(self.dataset_url, f".building-{self.plan.version}")


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildReport:
    """What a build ended with."""

    url: str
    dataset: Dataset
    unchanged: bool  # the version was there already
    rendered: int  # shards made now
    reused: int  # shards taken from an interrupted run or the version before
    images_per_second: float  # of the shards made now, rejected samples included; 0 where none was


def start_job(options: BuildOptions) -> Job:
    """Plan the build and find what need not be rendered again.

    Raises RecipeError with all problems of the recipe and its inputs; OSError where the output
    folder can't be written.
    """
    recipe = load_recipe(options.recipe, **options.overrides)
    overrides = options.overrides | ({} if options.limit is None else {"limit": options.limit})
    plan = make_plan(recipe, Bank(options.bank), overrides, options.limit, options.machine)
    job = Job(
        plan=plan,
        bank=options.bank,
        weights=options.weights,
        dataset_url=storage.join(options.out, recipe.name),
        done=(),
        todo=plan.shards,
        published=None,
    )
    if storage.exists(storage.join(job.version_url, INDEX)):
        return replace(job, todo=(), published=read_dataset(job.version_url))
    storage.make_folder(job.staging_url)
    reused = _take_over(job)
    done = [record for plan in job.plan.shards if (record := reused.get(plan.file)) is not None]
    names = {record.file for record in done}
    return replace(job, done=tuple(done), todo=tuple(p for p in plan.shards if p.file not in names))


def _take_over(job: Job) -> dict[str, ShardRecord]:
    """Shards of an interrupted run of this version, then equal ones of the latest version."""
    kept = {}
    for plan in job.plan.shards:
        record = _finished(job.staging_url, plan)
        if record is not None:
            kept[plan.file] = record
    previous = latest_version(job.dataset_url)
    old_url = storage.join(job.dataset_url, previous or "")
    if previous is None or not storage.exists(storage.join(old_url, INDEX)):
        return kept
    by_key = {record.cache_key: record for record in read_dataset(old_url).shards}
    wanted = [p for p in job.plan.shards if p.file not in kept and p.cache_key in by_key]
    if not wanted:
        return kept
    rows = decode_rows(storage.read_bytes(storage.join(old_url, MANIFEST)))
    for plan in wanted:
        record, there = by_key[plan.cache_key], storage.join(old_url, by_key[plan.cache_key].file)
        if not storage.exists(there) or storage.sha256_of(there) != record.sha256:
            continue
        storage.copy(there, storage.join(job.staging_url, plan.file))
        own = [row for row in rows if row.shard == record.file]
        storage.write_bytes(rows_url(job.staging_url, plan.file), encode_rows(own))
        kept[plan.file] = record
    return kept


def _finished(folder: str, plan: ShardPlan) -> ShardRecord | None:
    """The shard's record where tar, rows and record are there and agree."""
    url = record_url(folder, plan.file)
    tar = storage.join(folder, plan.file)
    if not (storage.exists(url) and storage.exists(tar) and storage.exists(rows_url(folder, plan.file))):
        return None
    record = ShardRecord(**json.loads(storage.read_bytes(url)))
    if record.cache_key != plan.cache_key or storage.sha256_of(tar) != record.sha256:
        return None
    return record


def finish_job(job: Job, rendered: list[ShardRecord], seconds: float) -> BuildReport:
    """Publish what was rendered (in ``seconds``) and taken over; a version that was there is left alone."""
    dataset = job.published
    if dataset is not None:
        # A run may have been stopped between the version's name and the pointer.
        if latest_version(job.dataset_url) != dataset.version:
            point_latest(job.dataset_url, dataset.version)
        storage.remove(job.staging_url)
    else:
        by_file = {record.file: record for record in (*job.done, *rendered)}
        records = tuple(by_file[plan.file] for plan in job.plan.shards)
        dataset = publish(job.plan, records, job.staging_url, job.version_url, job.dataset_url)
    attempted = sum(sum(record.counts.values()) for record in rendered)
    return BuildReport(
        url=job.version_url,
        dataset=dataset,
        unchanged=job.published is not None,
        rendered=len(rendered),
        reused=len(job.done),
        images_per_second=attempted / seconds if attempted else 0.0,
    )


def build(options: BuildOptions, *, on_progress: OnProgress = ignore_progress) -> BuildReport:
    """Build a version in worker processes. ``on_progress`` counts shards, those taken over included."""
    job = start_job(options)
    shards = len(job.plan.shards)
    progress = ProgressCounter(on_progress, shards, done=shards - len(job.todo))
    rendered, start = [], time.perf_counter()
    with WorkerPool(options.workers) as pool:
        futures = [
            pool.submit(render_shard, plan, job.bank, job.bank_sha256, job.staging_url, job.weights)
            for plan in job.todo
        ]
        for future in as_completed(futures):
            rendered.append(result_of(future))
            progress.add()
    return finish_job(job, rendered, time.perf_counter() - start)
