"""What a training does with bad input: named, with what was kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from models.not_finite import Diverged
from models.segmenters.training import SegmenterTraining
from tasks.training.segmenter.options import SegmenterOptions
from tasks.training.segmenter.train import train_segmenter
from tests.small_version import small_version

SMALL = SegmenterOptions(size=16, steps=4, batch=4, width=8, every=1, device="cpu")


def test_the_state_of_another_architecture_is_named_and_kept(tmp_path: Path) -> None:
    version, out = small_version(str(tmp_path / "v")), tmp_path / "run"
    train_segmenter(version, None, str(out), SMALL)
    before = (out / "checkpoint.pt").read_bytes()
    with pytest.raises(ValueError, match=r"got that of another: .*network unet \(now unet-resnet18\)"):
        train_segmenter(version, None, str(out), SMALL.replaced(network="unet-resnet18", size=32))
    assert (out / "checkpoint.pt").read_bytes() == before


def test_a_loss_that_is_not_finite_leaves_its_batch_and_the_last_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forward = SegmenterTraining.training_step

    def broken(self: SegmenterTraining, batch: tuple[Tensor, Tensor], batch_idx: int) -> Tensor:
        images, labels = batch
        return forward(self, (images * torch.nan if self.step == 2 else images, labels), batch_idx)

    monkeypatch.setattr(SegmenterTraining, "training_step", broken)
    out = tmp_path / "run"
    with pytest.raises(Diverged, match=r"step 3: expected finite losses, got loss nan; .*diverged\.npz"):
        train_segmenter(small_version(str(tmp_path / "v")), None, str(out), SMALL)
    assert torch.load(out / "checkpoint.pt", weights_only=True)["step"] == 2
    saved = np.load(out / "diverged.npz")
    assert saved["images"].shape == (4, 3, 16, 16) and saved["labels"].shape == (4, 16, 16)
    assert int(saved["step"]) == 3


def test_passes_of_a_step_give_the_steps_loss(tmp_path: Path) -> None:
    """Group norm does not depend on the batch; this loss averages over all pixels."""
    version = small_version(str(tmp_path / "v"))
    file = tmp_path / "plain.yaml"
    file.write_text(
        "name: plain\ndescription: x\nsize: 16\nsteps: 3\nbatch: 4\nevaluate: 3\naugmentation: small\n"
        "loss: {kind: softmax}\noptimiser: {kind: sgd, learning_rate: 0.01}\n"
    )
    options = SMALL.replaced(schedule=str(file), size=None, steps=None, batch=None)
    curves = []
    for accumulate in (1, 2):
        out = tmp_path / str(accumulate)
        train_segmenter(version, None, str(out), options.replaced(accumulate=accumulate))
        rows = (out / "curves.csv").read_text().splitlines()
        curves.append([float(row.split(",")[1]) for row in rows[1:]])
    assert curves[0] == pytest.approx(curves[1], abs=1e-4) and len(curves[0]) == 3
