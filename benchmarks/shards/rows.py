"""Many rows taken over and published, and builds where nothing changed: seconds and memory.

Each step runs in a process of its own, whose peak is compared with its memory before the step.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from rich.table import Table

from benchmarks.shards.versions import options_of, write_finished
from manifests.dataset import point_latest
from shards import storage
from tasks.build.options import BuildOptions
from tasks.build.publish.write import publish_version
from tasks.build.reuse import reuse_shards
from tasks.build.version import build, plan_job

Measured = tuple[float, float, float, float]


def add_rows(table: Table, bank: str, folder: Path, *, rows: int, per_shard: int) -> None:
    """Rows for publishing and for taking over ``rows`` rows."""
    folder.mkdir()
    first = options_of(bank, folder, samples=rows, per_shard=per_shard)
    second = options_of(bank, folder, samples=rows, per_shard=per_shard, name="other")
    _alone(_finish, first)
    words = f"{rows:,} rows, shards of {per_shard:,}"
    table.add_row("published", words, *_described(_alone(_publish, first)))
    table.add_row("taken over", words, *_described(_alone(_take_over, second)))


def add_unchanged(table: Table, bank: str, folder: Path, *, shards: int) -> None:
    """Rows for a build of as many shards where nothing changed, without and with ``--deep``."""
    folder.mkdir()
    options = options_of(bank, folder, samples=20 * shards, per_shard=20)
    _alone(_finish, options)
    _alone(_publish, options)
    _alone(_unchanged, options)
    table.add_row("unchanged", f"{shards:,} shards", *_described(_alone(_unchanged, options)))
    deep = options.replaced(deep=True)
    table.add_row("unchanged, --deep", f"{shards:,} shards", *_described(_alone(_unchanged, deep)))


def _described(measured: Measured) -> tuple[str, str]:
    seconds, cpu, peak, base = measured
    return f"{seconds:.1f} s, CPU {cpu:.1f} s", f"{peak - base:.0f} MB above {base:.0f} MB"


def _alone(step: Callable[[BuildOptions], Measured], options: BuildOptions) -> Measured:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(step, options).result()


def _measured(work: Callable[[], object]) -> Measured:
    """Wall and CPU seconds, the peak of this process's memory and its memory before, in MB."""
    base, cpu, start = _memory("VmRSS"), time.process_time(), time.perf_counter()
    work()
    return time.perf_counter() - start, time.process_time() - cpu, _memory("VmHWM"), base


def _memory(name: str) -> float:
    (kilobytes,) = re.findall(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(kilobytes) / 1024


def _finish(options: BuildOptions) -> Measured:
    job = plan_job(options)

    def finish() -> None:
        for plan in job.plan.shards:
            write_finished(plan, job.staging_url)

    return _measured(finish)


def _publish(options: BuildOptions) -> Measured:
    job = plan_job(options)
    # Planned before, since planning is no part of publishing.
    len(job.plan.shards)
    measured = _measured(lambda: publish_version(job.plan, job.staging_url, job.version_url))
    point_latest(job.dataset_url, job.plan.version)
    return measured


def _take_over(options: BuildOptions) -> Measured:
    job = plan_job(options)
    shards = job.plan.shards
    storage.make_folder(job.staging_url)
    measured = _measured(lambda: reuse_shards(shards, job.staging_url, job.dataset_url))
    if found := len(storage.list_names(job.staging_url)) - 1 != len(shards):
        raise AssertionError(f"{job.staging_url}: expected {len(shards)} shards taken over, got {found}")
    return measured


def _unchanged(options: BuildOptions) -> Measured:
    def again() -> None:
        if not build(options).unchanged:
            raise AssertionError(f"{options.out}: expected an unchanged version")

    return _measured(again)
