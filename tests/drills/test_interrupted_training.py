"""A training of an upscaler whose process was killed: ``make drills``."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from tasks.training.upscaler.photos_folder import photos_in_folder
from tasks.training.upscaler.train import train_upscaler
from tests.upscaler_training import photographs, tiny

pytestmark = pytest.mark.drill
ROOT = Path(__file__).parents[2]
CHILD = """
import sys, torch
torch.set_num_threads(1)
from tasks.training.upscaler.train import train_upscaler
from tasks.training.upscaler.photos_folder import photos_in_folder
from tests.upscaler_training import tiny
photos = photos_in_folder(sys.argv[1], least=16, held_out=1)
train_upscaler(photos, sys.argv[2], tiny(steps=40, every=3))
"""


def test_a_killed_process_leaves_a_whole_state(tmp_path: Path) -> None:
    folder, out = photographs(tmp_path / "photos"), tmp_path / "run"
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, folder, str(out)],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
    )
    deadline = time.monotonic() + 120
    while not (out / "state.pt").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert torch.load(out / "state.pt", weights_only=True)["step"] % 3 == 0
    photos = photos_in_folder(folder, least=16, held_out=1)
    resumed = train_upscaler(photos, str(out), tiny(steps=40, every=3))
    whole = train_upscaler(photos, str(tmp_path / "whole"), tiny(steps=40, every=40))
    assert 0 < resumed.resumed < 40
    assert Path(resumed.weights).read_bytes() == Path(whole.weights).read_bytes()
