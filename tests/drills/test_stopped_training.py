"""Trainings whose command is stopped by a signal: ``make drills``."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from tests.commands.train.test_upscaler import SMALL as UPSCALER
from tests.harmonizer_photos import photo_folders
from tests.small_version import small_version
from tests.upscaler_training import photographs

pytestmark = pytest.mark.drill
ROOT = Path(__file__).parents[2]
HARMONISER = ("--width", "2", "--batch", "1", "--views", "1", "--device", "cpu")


def _arguments(command: str, folder: Path, out: Path) -> list[str]:
    given = [command, "--out", str(out), "--every", "2"]
    if command == "train-upscaler":
        photos = photographs(folder / "photos")
        return [*given, "--photos", photos, "--train-bank", *UPSCALER, "--steps", "100000"]
    if command == "train-segmenter":
        version = small_version(str(folder / "v"))
        return [*given, version, "--size", "32", "--batch", "2", "--steps", "100000"]
    photos, masks = photo_folders(folder)
    return [*given, "--photos", photos, "--masks", masks, *HARMONISER, "--steps", "100000"]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
@pytest.mark.parametrize(
    ("command", "state", "loaders"),
    [
        ("train-upscaler", "state.pt", ()),
        ("train-harmonizer", "checkpoint.pt", ()),
        ("train-harmonizer", "checkpoint.pt", ("--loaders", "1")),
        ("train-segmenter", "checkpoint.pt", ()),
    ],
)
def test_it_says_where_its_state_is_and_resumes_from_it(
    tmp_path: Path, command: str, state: str, loaders: tuple[str, ...], number: int, code: int
) -> None:
    """The whole process group gets the signal, as from a terminal and most services."""
    out = tmp_path / "run"
    # Quiet: without a terminal, a line of progress comes every 30 s.
    arguments = [*_arguments(command, tmp_path, out), *loaders, "--quiet"]
    reached = 0
    for _ in range(2):
        written = (out / state).stat().st_mtime_ns if (out / state).exists() else 0
        child = subprocess.Popen(
            [sys.executable, "-c", "from commands.main import app; app()", *arguments],
            cwd=ROOT,
            env=os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and child.poll() is None:
            if (out / state).exists() and (out / state).stat().st_mtime_ns > written:
                break
            time.sleep(0.05)
        os.killpg(child.pid, number)
        _, message = child.communicate(timeout=60)
        assert child.returncode == code, message
        assert f"stopped by {signal.Signals(number).name}: the state" in message
        assert f"is in {out / state}; run the same command again to resume" in message
        assert message.count("\n") == 1 and "Traceback" not in message
        step = torch.load(out / state, weights_only=True)["step"]
        assert step > reached
        reached = step
