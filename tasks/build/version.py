"""Build a version: plan it, reuse shards, render the rest, publish."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass, field, replace

from assets.bank.reader import Bank
from manifests.dataset import CARD, DATASET_INDEX, MANIFEST, Dataset, ShardRecord
from manifests.outcomes.confirmed_code import ConfirmedCode
from manifests.recipe import load_recipe
from manifests.shard_plan import ShardPlan
from shards import storage
from shards.check_output import check_folder
from shards.locking.lease import check_leases
from tasks.build.kept.confirm import OPTION, SetCheck, confirm, plan_checks, run_checks
from tasks.build.lock import KEPT_DAYS, lock_version, remove_abandoned_builds
from tasks.build.options import BuildOptions
from tasks.build.plan import Plan, make_plan
from tasks.build.publish.place import check_place
from tasks.build.publish.repair import FoundVersion, find_version, remove_leftovers, repair_version
from tasks.build.publish.write import publish_version
from tasks.build.reuse import STAGING, reuse_shards
from tasks.build.stored_samples import StoredSamples
from tasks.history.banned import refuse_withdrawn_entries, usable_version
from tasks.history.record import record_version
from tasks.progress import OnProgress, ProgressCounter, ignore_progress
from tasks.render.check_code import CheckedCode
from tasks.render.shard import RenderedShard, render_shard
from tasks.workers.pool import WorkerPool
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
    # What lies at the version's URL; None if nothing does.
    found: FoundVersion | None
    # Samples of earlier builds that the shards to render can take over.
    stored: StoredSamples = field(default_factory=StoredSamples)
    # Sets with stored samples to render again, and those that are kept since these were equal.
    checks: tuple[SetCheck, ...] = ()
    confirmed: tuple[ConfirmedCode, ...] = ()
    # Files that were expected to be reused but are damaged.
    remarks: tuple[str, ...] = ()
    wait: bool = False  # for other runs, without end

    @property
    def shards(self) -> int:
        """The number of the version's shards, which an unchanged version need not plan."""
        if self.todo or self.found is None or self.found.dataset is None:
            return len(self.plan.shards)
        return len(self.found.dataset.shards)

    @property
    def version_url(self) -> str:
        return storage.join(self.dataset_url, self.plan.version)

    @property
    def bank_sha256(self) -> str:
        return str(self.plan.bank["content_sha256"])

    @property
    def staging_url(self) -> str:
        return storage.join(self.dataset_url, f"{STAGING}{self.plan.version}")


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildReport:
    """The result of a build."""

    url: str
    dataset: Dataset
    # The number of the version in the dataset's history.
    number: str
    unchanged: bool  # the version exists already, and nothing in it was damaged
    rendered: int  # shards written now
    reused: int  # shards of an interrupted run, of the latest version or of an unpublished one
    # Samples of the shards written now: rendered, or copied from such shards.
    samples_rendered: int
    samples_copied: int
    confirmed: tuple[ConfirmedCode, ...]  # changes of code that the samples of a set were kept for now
    images_per_second: float  # samples rendered now, rejected ones included; 0 without any
    # Files of the published version that were missing or damaged and have their bytes again.
    repaired: tuple[str, ...] = ()
    # Damaged files that were not reused, and sets with many rejects.
    warnings: tuple[str, ...] = ()


def plan_job(options: BuildOptions) -> Job:
    """Plan the build; nothing is written. Raises RecipeError with all problems of recipe and inputs.

    A version that stands in gives the plan its name. Raises BuildStopped for withdrawn inputs.
    """
    recipe = load_recipe(options.recipe, **options.overrides)
    overrides = options.overrides | ({} if options.limit is None else {"limit": options.limit})
    plan = make_plan(recipe, Bank(options.bank), overrides, options.limit, options.machine)
    dataset_url = storage.join(options.out, recipe.name)
    refuse_withdrawn_entries(dataset_url, lambda: plan.entries)
    return Job(
        plan=replace(plan, version=usable_version(dataset_url, plan.version)),
        bank=options.bank,
        weights=options.weights,
        dataset_url=dataset_url,
        done=(),
        todo=(),
        found=None,
        wait=options.wait,
    )


def resume_job(job: Job, *, deep: bool, confirm_code: int | None = None) -> Job:
    """Check what exists, and collect the shards that need not be rendered again.

    ``confirm_code``: the number of stored samples of a set that a change of code is checked with.

    Raises BuildStopped if the version exists and cannot be repaired; OSError where the output folder can't
    be written.
    """
    plan = job.plan
    shards = [name for name in storage.list_names(job.version_url) if name.endswith(".tar")]
    check_place(job.dataset_url, plan.version, (*shards, MANIFEST, CARD, DATASET_INDEX))
    found = find_version(plan, job.version_url, deep=deep)
    if found is not None and confirm_code:
        job = replace(job, remarks=(f"{OPTION}: version {plan.version} exists already; nothing to confirm",))
        confirm_code = None
    needed = plan.shards if found is None else found.to_render(plan)
    if not needed:
        return replace(job, todo=(), found=found)
    check_folder(job.staging_url)
    storage.make_folder(job.staging_url)
    reused = reuse_shards(needed, job.staging_url, job.dataset_url)
    todo = tuple(shard for shard in needed if shard.file not in reused.records)
    checks, remarks = plan_checks(confirm_code, plan, todo, reused) if confirm_code else ((), ())
    return replace(
        job,
        done=tuple(reused.records[shard.file] for shard in needed if shard.file in reused.records),
        todo=todo,
        found=found,
        stored=reused.samples,
        checks=checks,
        remarks=(*job.remarks, *reused.remarks, *remarks),
    )


def confirmed_job(job: Job, results: Sequence[CheckedCode]) -> Job:
    """The job with the results of its checks: it takes over the samples of sets without a difference."""
    decided = confirm(job.stored, job.checks, results)
    remarks = (*job.remarks, *decided.remarks)
    return replace(job, stored=decided.stored, confirmed=decided.confirmed, remarks=remarks)


def finish_job(job: Job, rendered: list[RenderedShard], seconds: float) -> BuildReport:
    """Publish the shards, repair the version or leave it as it is; then record it, and point ``latest.json``
    to it.

    ``seconds`` is the time that ``rendered`` took. Raises LeaseLost if another build may write there by now,
    BuildStopped if an input was withdrawn meanwhile.
    """
    refuse_withdrawn_entries(job.dataset_url, lambda: job.plan.entries)
    dataset, repaired = _finish_version(job)
    recorded = record_version(job.dataset_url, dataset.version, wait=job.wait)
    repaired += recorded.repaired
    remove_abandoned_builds(job.dataset_url, job.plan.version)
    attempted = sum(shard.rendered for shard in rendered)
    remarks = [line for shard in rendered for line in shard.remarks]
    return BuildReport(
        url=job.version_url,
        dataset=dataset,
        number=recorded.entry.number,
        unchanged=job.found is not None and not repaired,
        rendered=len(rendered),
        reused=len(job.done),
        samples_rendered=attempted,
        samples_copied=sum(shard.copied for shard in rendered),
        confirmed=job.confirmed,
        images_per_second=attempted / seconds if attempted else 0.0,
        repaired=repaired,
        warnings=tuple(dict.fromkeys((*job.remarks, *recorded.remarks, *remarks, *dataset.warnings()))),
    )


def _finish_version(job: Job) -> tuple[Dataset, tuple[str, ...]]:
    """The published version, and the names of repaired files."""
    found, url = job.found, job.version_url
    if found is None or found.dataset is None:
        dataset, repaired = publish_version(job.plan, job.staging_url, url)
    else:
        dataset, repaired = found.dataset, found.damaged
        if repaired:
            repair_version(job.plan, found.dataset, found, job.staging_url, url)
        storage.remove(job.staging_url)
    if found is not None:
        remove_leftovers(found, url)
        repaired = (*repaired, *found.leftovers)
    return dataset, repaired


def build(options: BuildOptions, *, on_progress: OnProgress = ignore_progress) -> BuildReport:
    """Build a version in worker processes. ``on_progress`` counts shards, reused ones included."""
    job = plan_job(options)
    with lock_version(job.dataset_url, job.plan.version, wait=options.wait):
        job = resume_job(job, deep=options.deep, confirm_code=options.confirm_code)
        return _build_alone(job, options.workers, on_progress)


def _build_alone(job: Job, workers: int, on_progress: OnProgress) -> BuildReport:
    start = time.perf_counter()
    job = confirmed_job(job, run_checks(job.checks, job.bank, job.bank_sha256, job.weights, workers))
    rendered = render_job(job, workers, on_progress)
    return finish_job(job, rendered, time.perf_counter() - start)


def render_job(job: Job, workers: int, on_progress: OnProgress) -> list[RenderedShard]:
    """Write the shards that are left to do into the staging folder. ``on_progress`` counts all shards.

    Raises LeaseLost if another build may write there by now.
    """
    progress = ProgressCounter(on_progress, job.shards, done=job.shards - len(job.todo))
    rendered = []
    kept_there = f"the finished shards are kept in {job.staging_url} for at least {KEPT_DAYS} days"
    note = f"{kept_there}; run the same command again to go on"
    with kept(note), WorkerPool(workers) as pool:
        futures = [
            pool.submit(
                render_shard,
                plan,
                job.bank,
                job.bank_sha256,
                job.staging_url,
                job.weights,
                job.stored.of_plan(plan),
            )
            for plan in job.todo
        ]
        for future in as_completed(futures):
            rendered.append(future.result())
            check_leases(job.staging_url)
            progress.add()
    return rendered
