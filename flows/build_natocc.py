"""``build-natocc``: make a published version of occluded faces from a recipe and a bank."""

from __future__ import annotations

import time
from typing import Any, cast
from uuid import UUID

from prefect import flow, get_run_logger, task, unmapped
from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from assets.wording import count_of
from flows.parameters import take
from flows.signals import stopped_by_signals
from flows.training import LONGEST
from manifests.card import write_card
from manifests.shard_plan import ShardPlan
from natocc.files.show import one_line
from shards.locking.lease import check_leases
from tasks.build.left_out import describe_left_out
from tasks.build.lock import KEPT_DAYS, lock_version
from tasks.build.options import BuildOptions
from tasks.build.stored_samples import StoredSamples
from tasks.build.version import BuildReport, Job, confirmed_job, finish_job, plan_job, resume_job
from tasks.options import MOST_WORKERS
from tasks.render.check_code import CheckedCode, CodeCheck, check_code
from tasks.render.shard import RenderedShard, render_shard
from tasks.workers.pool import WorkerLost, WorkerPool


@task(name="plan", cache_policy=NO_CACHE)
def plan_task(options: BuildOptions) -> Job:
    """Check the recipe against the bank."""
    job = plan_job(options)
    plan = job.plan
    get_run_logger().info("%s %s: %d samples", plan.recipe.name, plan.version, plan.samples)
    return job


def _worker_was_lost(task: object, run: object, state: State[Any]) -> bool:
    """Retry only after a lost process; every other error would occur again."""
    return isinstance(state.result(raise_on_failure=False), WorkerLost)


@task(
    name="render-shard",
    task_run_name="render {plan.file}",
    retries=2,
    retry_condition_fn=_worker_was_lost,
    cache_policy=NO_CACHE,
)
def render_task(
    plan: ShardPlan,
    bank: str,
    bank_sha256: str,
    folder: str,
    weights: str | None,
    stored: StoredSamples,
    pool: WorkerPool,
) -> RenderedShard:
    """Render one shard in a process of the warm pool. A lost process is replaced and the shard retried.

    The parameters are limited to the needs of one shard, as Prefect walks through all of them in every task
    run.
    """
    samples = stored.of_plan(plan)
    return pool.submit(render_shard, plan, bank, bank_sha256, folder, weights, samples).result()


@task(
    name="confirm-code",
    task_run_name="confirm code of {check.plan.set}",
    retries=2,
    retry_condition_fn=_worker_was_lost,
    cache_policy=NO_CACHE,
)
def confirm_code_task(
    check: CodeCheck, bank: str, bank_sha256: str, weights: str | None, pool: WorkerPool
) -> CheckedCode:
    """Render stored samples of a set again, in a process of the warm pool, and compare them."""
    return pool.submit(check_code, check, bank, bank_sha256, weights).result()


@task(name="publish", cache_policy=NO_CACHE)
def publish_task(job: Job, rendered: list[RenderedShard], seconds: float) -> BuildReport:
    """Write manifest, card and index, then give the folder its name and move ``latest``."""
    return finish_job(job, rendered, seconds)


def run_build(options: BuildOptions) -> BuildReport:
    """Plan → render → publish, with progress, verdicts and card as artifacts."""
    job = plan_task(options)
    with lock_version(job.dataset_url, job.plan.version, wait=options.wait):
        job = resume_job(job, deep=options.deep, confirm_code=options.confirm_code)
        return _run_alone(job, options.workers)


def _run_alone(job: Job, workers: int) -> BuildReport:
    get_run_logger().info("shards to write: %d", len(job.todo))
    rendered: list[RenderedShard] = []
    start = time.perf_counter()
    if job.todo:
        description = count_of(len(job.todo), "shards")
        progress = cast(UUID, create_progress_artifact(0.0, key="shards", description=description))
        with WorkerPool(workers) as pool:
            common_checks = (job.bank, job.bank_sha256, job.weights, pool)
            checked = confirm_code_task.map(
                [one.check for one in job.checks], *(unmapped(value) for value in common_checks)
            )
            job = confirmed_job(job, [future.result() for future in checked])
            common = (job.bank, job.bank_sha256, job.staging_url, job.weights, job.stored, pool)
            futures = render_task.map(job.todo, *(unmapped(value) for value in common))
            for number, future in enumerate(futures, start=1):
                rendered.append(future.result())
                check_leases(job.staging_url)
                update_progress_artifact(progress, 100.0 * number / len(futures))
    report = publish_task(job, rendered, time.perf_counter() - start)
    get_run_logger().info("%s: version %s", report.url, report.number)
    log_warnings(report)
    counts = report.dataset.counts_by_set
    create_table_artifact([{"set": name, **count} for name, count in counts.items()], key="verdicts")
    left_out = describe_left_out(report.dataset.left_out)
    create_markdown_artifact(write_card(report.dataset, left_out), key="card")
    return report


def log_warnings(report: BuildReport) -> None:
    """Log what the build remarks, a line each, and the names of repaired files."""
    for line in report.warnings:
        get_run_logger().warning("%s", one_line(line, LONGEST))
    if report.repaired:
        get_run_logger().warning("repaired: %s", one_line(", ".join(report.repaired), LONGEST))


# As many threads as workers: each waits for a process of the pool, which limits the speed.
RUNNER: TaskRunner[Any] = ThreadPoolTaskRunner(max_workers=MOST_WORKERS)


@flow(name="build-natocc", flow_run_name="{recipe}", validate_parameters=True, task_runner=RUNNER)
@take(BuildOptions)
def build_natocc(**values: Any) -> BuildReport:
    """Build a version of a recipe's dataset from a bank; see ``natocc build --help``."""
    kept = f"the finished shards are kept for at least {KEPT_DAYS} days"
    with stopped_by_signals(f"{kept}; run the same build again to go on from them"):
        return run_build(BuildOptions.for_run(**values))
