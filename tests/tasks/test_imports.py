"""Heavy libraries stay out of the plain command and of render workers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tasks.build.options import BuildOptions
from tasks.render.shard import render_shard
from tasks.workers.pool import WorkerPool
from tests.jobs import start_job

HEAVY = {"prefect", "torch", "ot", "albumentations"}


def loaded() -> set[str]:
    return HEAVY & set(sys.modules)


def test_the_command_starts_without_them() -> None:
    code = f"import sys, commands.main; sys.exit(str({HEAVY!r} & set(sys.modules)) if {HEAVY!r} & set(sys.modules) else 0)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_render_workers_run_without_them(bank_url: str, tmp_path: Path) -> None:
    job = start_job(BuildOptions(recipe="sample", bank=bank_url, out=str(tmp_path), limit=1))
    with WorkerPool(1) as pool:
        for plan in job.todo:
            pool.submit(render_shard, plan, job.bank, job.bank_sha256, job.staging_url).result()
        assert pool.submit(loaded).result() == set()
