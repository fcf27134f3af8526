"""The smallest training that the harness takes: a module of steps, a state file, and every way to resume."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor, nn

from models.not_finite import Diverged
from models.training_module import TrainingModule, seed_of
from tasks.training.checkpoint import CheckpointCallback
from tasks.training.fit import fit
from tasks.training.state import decode_state, encode_state


class LineTraining(TrainingModule):
    """y = 2 x by a line with dropout, a momentum and a schedule: all that resuming has to bring back."""

    def __init__(self, steps: int) -> None:
        super().__init__(steps)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            self.line = nn.Sequential(nn.Linear(1, 8), nn.Dropout(0.2), nn.Linear(8, 1))

    def trained_networks(self) -> dict[str, nn.Module]:
        return {"line": self.line}

    def configure_optimizers(self) -> OptimizerLRScheduler:
        optimiser = torch.optim.AdamW(self.parameters(), lr=0.1)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=0.1, total_steps=self.steps)
        return {"optimizer": optimiser, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    def training_step(self, batch: Tensor, batch_idx: int) -> Tensor:
        torch.manual_seed(seed_of(0, "line", f"dropout {self.step}"))
        loss = (self.line(batch) - 2 * batch).square().mean()
        self.check_finite(loss)
        self.finish_step({"square": loss})
        return loss


class Lines:
    """Batches of the steps from ``first`` on; ``fail_at``: the step whose batch cannot be read."""

    def __init__(self, steps: int, first: int = 0, fail_at: int | None = None) -> None:
        self.steps, self.first, self.fail_at = steps, first, fail_at

    def __len__(self) -> int:
        return self.steps - self.first

    def __iter__(self) -> Iterator[Tensor]:
        for step in range(self.first, self.steps):
            if step == self.fail_at:
                raise OSError("power cut")
            yield torch.full((2, 1), float(step % 5))


def train(
    url: Path, *, steps: int = 7, every: int = 3, fail_at: int | None = None, **settings: object
) -> tuple[LineTraining, CheckpointCallback, int]:
    module = LineTraining(steps)
    checkpoint = CheckpointCallback(str(url), every=every, settings={"seed": 0, **settings})
    resumed = checkpoint.resume(module)
    fit(module, Lines(steps, module.step, fail_at), checkpoint, device="cpu")
    return module, checkpoint, resumed


def test_a_resumed_training_ends_as_one_that_never_stopped(tmp_path: Path) -> None:
    """Weights, history, optimiser, schedule and pending losses."""
    whole, recorded, _ = train(tmp_path / "whole.pt", every=100)
    with pytest.raises(OSError, match="power cut"):
        train(tmp_path / "run.pt", fail_at=5)
    torch.rand(3)  # the caller's random state must not matter
    module, checkpoint, resumed = train(tmp_path / "run.pt")
    assert resumed == 3
    for name, value in whole.line.state_dict().items():
        assert torch.equal(module.line.state_dict()[name], value), name
    assert checkpoint.history == recorded.history
    states = [decode_state((tmp_path / name).read_bytes()) for name in ("run.pt", "whole.pt")]
    assert states[0].schedules == states[1].schedules and states[0].schedules
    adams = [state.optimisers[0]["state"][0] for state in states]
    assert all(torch.equal(adams[0][name], adams[1][name]) for name in ("step", "exp_avg", "exp_avg_sq"))


def test_a_finished_training_is_not_trained_again(tmp_path: Path) -> None:
    train(tmp_path / "run.pt")
    before = (tmp_path / "run.pt").stat().st_mtime_ns
    module, checkpoint, resumed = train(tmp_path / "run.pt")
    assert (resumed, module.step, len(checkpoint.history)) == (7, 7, 7)
    assert (tmp_path / "run.pt").stat().st_mtime_ns == before


def test_the_history_has_at_most_a_hundred_rows_and_the_last_step(tmp_path: Path) -> None:
    _, checkpoint, _ = train(tmp_path / "run.pt", steps=250, every=1000)
    steps = [row["step"] for row in checkpoint.history]
    assert steps[:3] == [3, 6, 9] and steps[-2:] == [249, 250] and len(steps) == 84
    assert all(row["square"] >= 0 for row in checkpoint.history)


def test_the_state_of_another_training_is_refused_with_what_differs(tmp_path: Path) -> None:
    train(tmp_path / "run.pt", crop=1.0)
    with pytest.raises(ValueError) as refused:
        train(tmp_path / "run.pt", crop=0.5, size=32)
    assert str(refused.value) == (
        f"{tmp_path / 'run.pt'}: expected the state of this training, got that of another: crop 1.0 (now 0.5), "
        "size None (now 32); use another --out, or remove the file to train from the start"
    )


def test_the_weights_of_other_networks_are_refused(tmp_path: Path) -> None:
    train(tmp_path / "run.pt")
    state = decode_state((tmp_path / "run.pt").read_bytes())
    renamed = replace(state, networks={"other": state.networks["line"]})
    (tmp_path / "run.pt").write_bytes(encode_state(renamed))
    with pytest.raises(ValueError, match=r"run\.pt: expected the weights of these networks, got '\w+'"):
        train(tmp_path / "run.pt")


def test_weights_that_are_not_finite_are_neither_written_nor_resumed(tmp_path: Path) -> None:
    module = LineTraining(3)
    checkpoint = CheckpointCallback(str(tmp_path / "run.pt"), every=1, settings={})

    class Broken(Lines):
        def __iter__(self) -> Iterator[Tensor]:
            yield torch.ones(2, 1)
            with torch.no_grad():
                module.line[0].bias[0] = float("inf")
            yield torch.zeros(2, 1)

    with pytest.raises(Diverged) as caught:
        fit(module, Broken(3), checkpoint, device="cpu")
    assert str(caught.value).startswith("step 2: expected finite losses, got loss ")
    assert str(caught.value).endswith(
        f"use a lower --learning-rate; the last state is still in {tmp_path / 'run.pt'}, so other options "
        "need another --out"
    )
    state = decode_state((tmp_path / "run.pt").read_bytes())
    assert state.step == 1
    state.networks["line"]["0.bias"][0] = float("nan")
    (tmp_path / "run.pt").write_bytes(encode_state(state))
    with pytest.raises(
        Diverged, match=r"run\.pt: expected finite weights, got NaN or infinity in the line; use"
    ):
        checkpoint.resume(LineTraining(3))


def test_steps_are_counted_from_those_that_were_done_before(tmp_path: Path) -> None:
    counts: list[tuple[int, int | None]] = []
    settings = {"steps": 4}

    def train(batches: Lines) -> None:
        module = LineTraining(4)
        checkpoint = CheckpointCallback(str(tmp_path / "state.pt"), every=2, settings=settings)
        checkpoint.resume(module)
        fit(module, batches, checkpoint, device="cpu", on_progress=lambda *count: counts.append(count))

    with pytest.raises(OSError, match="power cut"):
        train(Lines(4, fail_at=2))
    assert counts == [(0, 4), (1, 4), (2, 4)]
    counts.clear()
    train(Lines(4, first=2))
    assert counts == [(2, 4), (3, 4), (4, 4)]
