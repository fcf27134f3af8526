"""Ten builds by one and two workers give equal bytes, and so does every codec in them: ``make drills``."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections import Counter
from concurrent.futures import as_completed
from pathlib import Path

import pytest

from tasks.build.options import BuildOptions
from tasks.build.version import finish_job
from tasks.workers.pool import WorkerPool
from tests.drills.repeated_codecs import render_repeatedly
from tests.jobs import start_job

pytestmark = [pytest.mark.drill, pytest.mark.timeout(3600)]

BUILDS = 10
DEFLATED = 200_000


@pytest.fixture(scope="module")
def demo_bank(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A bank of the demo photographs of public packages."""
    folder = tmp_path_factory.mktemp("demo")
    natocc("sample", "--dest", folder / "raw")
    natocc("prepare", "--raw", folder / "raw", "--bank", folder / "bank", "--objects", "all")
    return str(folder / "bank")


def natocc(*arguments: object) -> None:
    command = [sys.executable, "-c", "from commands.main import app; app()", *map(str, arguments)]
    subprocess.run(command, check=True, capture_output=True)


def build_repeatedly(bank: str, out: Path, workers: int) -> Counter[str]:
    """Build the recipe ``sample``; how often each codec ran."""
    job = start_job(BuildOptions(recipe="sample", bank=bank, out=str(out), workers=workers))
    ran: Counter[str] = Counter()
    shards = []
    with WorkerPool(workers) as pool:
        futures = [
            pool.submit(render_repeatedly, plan, job.bank, job.bank_sha256, job.staging_url, job.weights)
            for plan in job.todo
        ]
        for future in as_completed(futures):
            rendered, counts, _ = future.result()
            shards.append(rendered)
            ran += counts
    finish_job(job, shards, 1.0)
    return ran


def hashes(out: Path) -> dict[str, str]:
    return {
        path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file()
    }


def test_ten_builds_are_equal_and_so_is_every_plane(
    demo_bank: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran: Counter[str] = Counter()
    builds = []
    for number in range(BUILDS):
        out = tmp_path / str(number)
        ran += build_repeatedly(demo_bank, out, workers=1 + number % 2)
        builds.append(hashes(out))
    with capsys.disabled():
        print(f"\n{BUILDS} builds of {len(builds[0])} files; runs in workers: {dict(ran)}")
    assert all(build == builds[0] for build in builds)
    assert ran["deflate"] >= DEFLATED
