"""Trainings in several processes, killed ones among them: ``make drills``."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tasks.training.segmenter.feed.open import Feed
from tasks.training.segmenter.options import SegmenterOptions
from tasks.training.segmenter.train import train_segmenter
from tests.small_version import small_version

pytestmark = pytest.mark.drill
ROOT = Path(__file__).parents[2]
# All pixels count, so that a mean over a batch is that of its shares' means.
PLAIN = (
    "name: plain\ndescription: x\nsize: 64\nsteps: 6\nbatch: 8\nevaluate: 3\naugmentation: small\n"
    "loss: {kind: softmax}\noptimiser: {kind: sgd, learning_rate: 0.01}\n"
)


def _arguments(folder: Path, out: str, steps: int, *more: str) -> list[str]:
    version = small_version(str(folder / "v"))
    sizes = ["--size", "32", "--batch", "4", "--steps", str(steps), "--every", "2", "--evaluate", "50"]
    return ["train-segmenter", version, "--out", str(folder / out), *sizes, "--quiet", *more]


def _start(arguments: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", "from commands.main import app; app()", *arguments],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _run(arguments: list[str]) -> int:
    child = _start(arguments)
    child.communicate(timeout=200)
    return child.returncode


def _wait_for(there: Callable[[], bool], child: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 120
    while not there() and time.monotonic() < deadline and child.poll() is None:
        time.sleep(0.02)


def _ranks_of(child: subprocess.Popen[str]) -> list[int]:
    found = Path(f"/proc/{child.pid}/task/{child.pid}/children").read_text().split()
    return [pid for pid in map(int, found) if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]


@pytest.mark.parametrize("network", ["unet", "unet-resnet18"])
def test_two_and_four_processes_give_the_losses_of_one(tmp_path: Path, network: str) -> None:
    version = small_version(str(tmp_path / "v"))
    schedule = tmp_path / "plain.yaml"
    schedule.write_text(PLAIN)
    losses = []
    for processes in (1, 2, 4):
        options = SegmenterOptions(
            network=network, schedule=str(schedule), processes=processes, freeze_norms=True, device="cpu"
        )
        report = train_segmenter(version, None, str(tmp_path / str(processes)), options)
        figures = json.loads(Path(report.metrics).read_text())
        losses.append([row["loss"] for row in figures["losses"]])
    assert len(losses[0]) == 6
    assert losses[1] == pytest.approx(losses[0], abs=1e-4)
    assert losses[2] == pytest.approx(losses[0], abs=1e-4)


def test_the_process_that_scores_reads_the_test_pictures_once_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version, out = small_version(str(tmp_path / "v"), train=20), str(tmp_path / "run")
    options = SegmenterOptions(size=32, batch=4, steps=2, evaluate=1, width=8, processes=2, device="cpu")
    train_segmenter(version, None, out, options.replaced(processes=1, seed=1))
    splits: list[str] = []
    read = Feed.read
    monkeypatch.setattr(Feed, "read", lambda self, one: splits.append(one.split) or read(self, one))
    report = train_segmenter(version, None, out, options)
    # The average mask is of all training pictures.
    assert splits == ["test"] * 4 + ["train"] * report.trained_on
    assert report.notes[-1] == f"{out}/checkpoint.pt: the state of another training, replaced"
    assert len(json.loads(Path(report.metrics).read_text())["selection"]) == 2


def test_a_killed_process_ends_the_others_and_the_run_goes_on_from_its_state(tmp_path: Path) -> None:
    two = ("--processes", "2")
    child = _start(_arguments(tmp_path, "run", 400, *two))
    state = tmp_path / "run" / "checkpoint.pt"
    _wait_for(state.exists, child)
    ranks = _ranks_of(child)
    assert len(ranks) == 2
    os.kill(ranks[1], signal.SIGKILL)
    _, message = child.communicate(timeout=60)
    assert child.returncode == 1 and message.count("\n") == 1, message
    assert "process 2 of 2: expected it to train to the end, got ended by signal 9" in message
    assert f"the last state is in {state}; run the same command again to go on" in message
    assert not any(Path(f"/proc/{rank}").exists() for rank in ranks)
    assert _run(_arguments(tmp_path, "run", 400, *two)) == 0
    assert _run(_arguments(tmp_path, "whole", 400, *two)) == 0
    figures = [(tmp_path / name / "metrics.json").read_bytes() for name in ("run", "whole")]
    assert figures[0] == figures[1]


def test_sigterm_stops_all_after_the_same_step(tmp_path: Path) -> None:
    child = _start(_arguments(tmp_path, "run", 100_000, "--processes", "2"))
    state = tmp_path / "run" / "checkpoint.pt"
    _wait_for(state.exists, child)
    ranks = _ranks_of(child)
    os.killpg(child.pid, signal.SIGTERM)
    _, message = child.communicate(timeout=60)
    assert child.returncode == 143 and message.count("\n") == 1, message
    assert message.startswith(
        f"stopped by SIGTERM: the state after the last whole step is in {state}; run the"
    )
    time.sleep(5)
    assert not any(Path(f"/proc/{rank}").exists() for rank in ranks)


def test_one_process_killed_and_resumed_is_as_undisturbed(tmp_path: Path) -> None:
    child = _start(_arguments(tmp_path, "run", 300))
    _wait_for((tmp_path / "run" / "checkpoint.pt").exists, child)
    child.kill()
    child.communicate()
    assert _run(_arguments(tmp_path, "run", 300)) == 0
    assert _run(_arguments(tmp_path, "whole", 300)) == 0
    for name in ("segmenter.pt", "metrics.json", "curves.csv", "samples.png"):
        assert (tmp_path / "run" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name
