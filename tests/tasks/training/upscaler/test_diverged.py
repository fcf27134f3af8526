"""Weights that are no numbers are never written, nor gone on from."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch

from models.glean.training import GLEANTraining, learnable
from models.not_finite import Diverged
from tasks.training.upscaler.photos_folder import photos_in_folder
from tasks.training.upscaler.train import train_upscaler
from tests.upscaler_training import one_thread, photographs, tiny

__all__ = ["one_thread"]
pytestmark = pytest.mark.usefixtures("one_thread")


def _train(folder: Path, **changes: object) -> None:
    photos = photos_in_folder(photographs(folder / "photos"), least=16, held_out=1)
    train_upscaler(photos, str(folder / "run"), tiny(**changes))


@pytest.mark.parametrize(("adversarial", "which"), [(0.0, "upscaler"), (1e-2, "discriminator")])
@pytest.mark.parametrize("bad", [3, 6, 7])
def test_weights_that_are_no_numbers_are_never_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, adversarial: float, which: str, bad: int
) -> None:
    """Losses are looked at before a step; what the last step, or one with a state, makes of the weights too."""
    plain = GLEANTraining._step

    def step(self: GLEANTraining, optimiser: torch.optim.Adam, loss: torch.Tensor) -> None:
        """The step as it is, with one gradient that is no number in step ``bad``."""
        mine = self.adams[-1] is getattr(optimiser, "optimizer", optimiser)
        if self._done + 1 == bad and mine:
            part = self.network if self.discriminator is None else self.discriminator
            first = learnable(part)[0]
            hook = first.register_hook(lambda gradient: gradient * math.nan)
            plain(self, optimiser, loss)
            hook.remove()
        else:
            plain(self, optimiser, loss)

    monkeypatch.setattr(GLEANTraining, "_step", step)
    with pytest.raises(Diverged) as caught:
        _train(tmp_path, steps=7, every=3, adversarial=adversarial)
    told = str(caught.value)
    assert told.startswith(
        f"step {bad}: expected finite weights, got others in the {which}; start again with"
    )
    state = tmp_path / "run" / "state.pt"
    if bad == 3:
        assert told.endswith("; no state was written") and not state.exists()
    else:
        kept = torch.load(state, weights_only=True)
        assert kept["step"] == (3 if bad == 6 else 6)
        assert all(one.isfinite().all() for one in kept["network"].values())
        assert f"the last state stays in {state}; with other options name another --out" in told
    assert not (tmp_path / "run" / "upscaler.safetensors").exists()


def test_a_state_of_weights_that_are_no_numbers_is_not_gone_on_from(tmp_path: Path) -> None:
    _train(tmp_path)
    path = tmp_path / "run" / "state.pt"
    content = torch.load(path, weights_only=True)
    content["optimisers"][0]["state"][0]["exp_avg_sq"].fill_(math.inf)
    torch.save(content, path)
    with pytest.raises(
        Diverged, match=r"state\.pt: expected finite weights, got others in the upscaler's opt"
    ):
        _train(tmp_path)
