from __future__ import annotations

import warnings
from pathlib import Path

import pytest
import torch
from torch import Tensor

from tasks.training.checkpoint import CheckpointCallback
from tasks.training.fit import fit
from tests.tasks.training.test_checkpoint import Lines, LineTraining


def test_the_callers_random_state_stays_and_nothing_is_printed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    torch.manual_seed(5)
    expected = torch.rand(2)
    torch.manual_seed(5)
    checkpoint = CheckpointCallback(str(tmp_path / "run.pt"), every=9, settings={})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit(LineTraining(3), Lines(3), checkpoint, device="cpu")
    assert torch.equal(torch.rand(2), expected)
    printed = capfd.readouterr()
    assert printed.out == "" and printed.err == ""
    assert [path.name for path in tmp_path.iterdir()] == ["run.pt"]


def test_too_little_memory_is_one_line_with_what_to_do(tmp_path: Path) -> None:
    class Large(LineTraining):
        if_out_of_memory = "use a smaller --batch or --precision bfloat16"

        def training_step(self, batch: Tensor, batch_idx: int) -> Tensor:
            raise torch.OutOfMemoryError("CUDA out of memory")

    checkpoint = CheckpointCallback(str(tmp_path / "run.pt"), every=9, settings={})
    with pytest.raises(ValueError) as refused:
        fit(Large(3), Lines(3), checkpoint, device="cpu")
    assert str(refused.value) == (
        "--batch: expected a batch that fits into the device's memory, got one that does not; use a smaller "
        "--batch or --precision bfloat16 and another --out"
    )


def test_divergence_before_the_first_state_says_so(tmp_path: Path) -> None:
    module = LineTraining(3)
    with torch.no_grad():
        module.line[0].bias.fill_(float("nan"))
    checkpoint = CheckpointCallback(str(tmp_path / "run.pt"), every=9, settings={})
    with pytest.raises(
        ValueError, match=r"^step 1: expected finite losses, got loss nan; .*; no state was written$"
    ):
        fit(module, Lines(3), checkpoint, device="cpu")
    assert not (tmp_path / "run.pt").exists()
