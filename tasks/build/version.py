"""Build a version: plan it, reuse shards, render the rest, publish."""

from __future__ import annotations

import time
from concurrent.futures import as_completed
from dataclasses import dataclass, replace

from assets.bank.reader import Bank
from manifests.dataset import DATASET_INDEX, Dataset, ShardRecord, latest_version, point_latest, read_dataset
from manifests.recipe import load_recipe
from manifests.shard_plan import ShardPlan
from shards import storage
from tasks.build.options import BuildOptions
from tasks.build.plan import Plan, make_plan
from tasks.build.publish import publish_version
from tasks.build.reuse import copy_equal_shards, finished_shards
from tasks.progress import OnProgress, ProgressCounter, ignore_progress
from tasks.render.shard import render_shard
from tasks.workers.pool import WorkerPool, result_of
from tasks.workers.signals import kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A planned build: its folders, the shards to reuse and the shards to render."""

    plan: Plan
    bank: str
    # The folder of networks' weights; None for the default folder.
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
    """The result of a build."""

    url: str
    dataset: Dataset
    unchanged: bool  # the version exists already
    rendered: int  # shards rendered now
    reused: int  # shards of an interrupted run or of the latest version
    images_per_second: float  # of the shards rendered now, rejected samples included; 0 without any


def start_job(options: BuildOptions) -> Job:
    """Plan the build and collect the shards that need not be rendered again.

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
    if storage.exists(storage.join(job.version_url, DATASET_INDEX)):
        return replace(job, todo=(), published=read_dataset(job.version_url))
    storage.make_folder(job.staging_url)
    reused = finished_shards(plan.shards, job.staging_url)
    left = [shard for shard in plan.shards if shard.file not in reused]
    reused |= copy_equal_shards(left, job.staging_url, job.dataset_url)
    return replace(
        job,
        done=tuple(reused[shard.file] for shard in plan.shards if shard.file in reused),
        todo=tuple(shard for shard in plan.shards if shard.file not in reused),
    )


def finish_job(job: Job, rendered: list[ShardRecord], seconds: float) -> BuildReport:
    """Publish the reused shards and those rendered in ``seconds``; an existing version stays."""
    dataset = job.published
    if dataset is not None:
        # An earlier run may have stopped between renaming the folder and moving the pointer.
        if latest_version(job.dataset_url) != dataset.version:
            point_latest(job.dataset_url, dataset.version)
        storage.remove(job.staging_url)
    else:
        by_file = {record.file: record for record in (*job.done, *rendered)}
        records = tuple(by_file[plan.file] for plan in job.plan.shards)
        dataset = publish_version(job.plan, records, job.staging_url, job.version_url, job.dataset_url)
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
    """Build a version in worker processes. ``on_progress`` counts shards, reused ones included."""
    job = start_job(options)
    shards = len(job.plan.shards)
    progress = ProgressCounter(on_progress, shards, done=shards - len(job.todo))
    rendered, start = [], time.perf_counter()
    note = f"the finished shards are kept in {job.staging_url}; run the same command again to go on"
    with kept(note), WorkerPool(options.workers) as pool:
        futures = [
            pool.submit(render_shard, plan, job.bank, job.bank_sha256, job.staging_url, job.weights)
            for plan in job.todo
        ]
        for future in as_completed(futures):
            rendered.append(result_of(future))
            progress.add()
    return finish_job(job, rendered, time.perf_counter() - start)
