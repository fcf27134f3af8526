"""What the engineer meets whose run was killed, or whose disk was full: ``make drills``."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.drill

COMMAND = [sys.executable, "-c", "from commands.main import app; app()"]


@pytest.fixture()
def recipe(tmp_path: Path) -> str:
    path = tmp_path / "drill.yaml"
    fields = {"name": "drill", "description": "Long enough to be interrupted.", "repeats": 60}
    sets = [{"name": "randocc", "kind": "randocc"}, {"name": "hand", "kind": "hand"}]
    path.write_text(yaml.safe_dump(fields | {"samples_per_shard": 10, "sets": sets}))
    return str(path)


def build(recipe: str, bank: str, out: Path, workers: int = 2) -> list[str]:
    return [*COMMAND, "build", recipe, "--bank", bank, "--out", str(out), "--workers", str(workers)]


def finished(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)


def contents(out: Path) -> dict[str, bytes]:
    (version,) = [path for path in (out / "drill").iterdir() if path.is_dir()]
    return {path.name: path.read_bytes() for path in sorted(version.iterdir())}


def children(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").iterdir():
        yield from map(int, (task / "children").read_text().split())


def workers_of(pid: int) -> list[int]:
    """Spawned workers, without multiprocessing's resource tracker."""
    return [
        child
        for child in children(pid)
        if "spawn_main" in Path(f"/proc/{child}/cmdline").read_text(errors="replace")
    ]


def wait_for_shards(out: Path, count: int) -> None:
    for _ in range(1200):
        if len(list(out.glob("drill/.building-*/*.tar"))) >= count:
            return
        time.sleep(0.05)
    pytest.fail("no shard was finished in a minute")


@pytest.mark.parametrize("victim", ["worker", "command"])
def test_the_next_run_finishes_what_was_killed(
    victim: str, recipe: str, bank_url: str, tmp_path: Path
) -> None:
    calm = tmp_path / "calm"
    assert finished(build(recipe, bank_url, calm)).returncode == 0
    out = tmp_path / "killed"
    run = subprocess.Popen(build(recipe, bank_url, out), stderr=subprocess.PIPE, text=True)
    wait_for_shards(out, 2)
    os.kill(workers_of(run.pid)[0] if victim == "worker" else run.pid, signal.SIGKILL)
    _, stderr = run.communicate(timeout=60)
    assert run.returncode != 0
    if victim == "worker":
        assert "a worker process was lost" in stderr and "run the same command again" in stderr
    assert not [path for path in (out / "drill").iterdir() if not path.name.startswith(".")]
    again = finished(build(recipe, bank_url, out))
    assert again.returncode == 0, again.stderr
    assert contents(out) == contents(calm)


def test_orphaned_workers_end_with_their_command(recipe: str, bank_url: str, tmp_path: Path) -> None:
    run = subprocess.Popen(build(recipe, bank_url, tmp_path / "out"))
    wait_for_shards(tmp_path / "out", 1)
    pids = workers_of(run.pid)
    run.kill()
    run.wait(timeout=30)
    for _ in range(600):
        if not any(Path(f"/proc/{pid}").exists() for pid in pids):
            return
        time.sleep(0.05)
    pytest.fail(f"workers {pids} outlived their command by half a minute")


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
def test_a_full_disk_is_one_line_and_space_is_all_it_takes(
    recipe: str, bank_url: str, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(disk)], check=False)
    if mounted.returncode != 0:
        pytest.skip("this machine allows no mounts")
    try:
        full = finished(build(recipe, bank_url, disk))
        assert full.returncode == 1
        assert "No space left on device" in full.stderr
        assert "Traceback" not in full.stderr
        assert not list(disk.glob("drill/*/dataset.json"))
        assert not list(disk.rglob(".partial-*"))
        subprocess.run(["mount", "-o", "remount,size=200m", str(disk)], check=True)
        assert finished(build(recipe, bank_url, disk)).returncode == 0
    finally:
        subprocess.run(["umount", str(disk)], check=True)
