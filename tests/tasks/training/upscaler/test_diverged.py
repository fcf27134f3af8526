"""Weights that are not finite are never written, nor resumed from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import pytest
import torch
from lightning.pytorch.core.optimizer import LightningOptimizer

from models.glean.training import GLEANTraining, learnable
from models.not_finite import Diverged
from tasks.training.state import decode_state, encode_state
from tasks.training.upscaler.photos_folder import photos_in_folder
from tasks.training.upscaler.train import train_upscaler
from tests.upscaler_training import photographs, tiny


def _train(folder: Path, **changes: object) -> None:
    photos = photos_in_folder(photographs(folder / "photos"), least=16, held_out=1)
    train_upscaler(photos, str(folder / "run"), tiny(**changes))


@pytest.mark.parametrize(("adversarial", "which"), [(0.0, "network"), (1e-2, "discriminator")])
@pytest.mark.parametrize("bad", [3, 6, 7])
def test_weights_that_are_not_finite_are_never_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, adversarial: float, which: str, bad: int
) -> None:
    """Losses are checked before a step; weights are checked before they are written."""
    plain = GLEANTraining.descend

    def descend(
        self: GLEANTraining,
        optimiser: LightningOptimizer,
        loss: torch.Tensor,
        terms: Mapping[str, torch.Tensor] | None = None,
    ) -> None:
        """The usual step, but the gradient of one parameter is NaN in step ``bad``."""
        if self.step + 1 == bad and optimiser is self.all_optimisers()[-1]:
            parameter = learnable(self.trained_networks()[which])[0]
            hook = parameter.register_hook(lambda gradient: gradient * math.nan)
            plain(self, optimiser, loss, terms)
            hook.remove()
        else:
            plain(self, optimiser, loss, terms)

    monkeypatch.setattr(GLEANTraining, "descend", descend)
    with pytest.raises(Diverged) as caught:
        _train(tmp_path, steps=7, every=3, adversarial=adversarial)
    message = str(caught.value)
    assert message.startswith(
        f"step {bad}: expected finite weights, got NaN or infinity in the {which}; use a lower"
    )
    state = tmp_path / "run" / "state.pt"
    if bad == 3:
        assert message.endswith("; no state was written") and not state.exists()
    else:
        kept = torch.load(state, weights_only=True)
        assert kept["step"] == (3 if bad == 6 else 6)
        assert all(one.isfinite().all() for one in kept["networks"]["network"].values())
        assert f"the last state is still in {state}, so other options need another --out" in message
    assert not (tmp_path / "run" / "upscaler.safetensors").exists()


def test_a_state_that_is_not_finite_is_not_resumed(tmp_path: Path) -> None:
    _train(tmp_path)
    path = tmp_path / "run" / "state.pt"
    state = decode_state(path.read_bytes())
    state.optimisers[0]["state"][0]["exp_avg_sq"].fill_(math.inf)
    path.write_bytes(encode_state(state))
    with pytest.raises(
        Diverged, match=r"state\.pt: expected finite weights, got NaN or infinity in the network's opt"
    ):
        _train(tmp_path)
