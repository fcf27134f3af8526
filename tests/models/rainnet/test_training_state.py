from __future__ import annotations

import io
import pickle
from pathlib import Path

import pytest
import torch

from models.rainnet.training_state import TrainingState, decode_state, encode_state


def state() -> TrainingState:
    weight = torch.nn.Parameter(torch.arange(6.0).reshape(2, 3))
    optimiser = torch.optim.Adam([weight], betas=(0.5, 0.999))
    weight.sum().backward()
    optimiser.step()
    return TrainingState(
        step=7,
        settings={"seed": 1, "size": 256},
        networks={"network": {"w": weight.detach()}},
        optimisers=[optimiser.state_dict()],
        history=[{"step": 7, "difference": 0.5}],
    )


def test_it_comes_back_as_it_was() -> None:
    before, after = state(), decode_state(encode_state(state()))
    assert (after.step, after.settings, after.history) == (7, before.settings, before.history)
    assert torch.equal(after.networks["network"]["w"], before.networks["network"]["w"])
    kept, found = before.optimisers[0], after.optimisers[0]
    assert found["param_groups"] == kept["param_groups"]
    assert all(torch.equal(found["state"][0][name], kept["state"][0][name]) for name in kept["state"][0])


class _Marker:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return open, (str(self.path), "w")


def test_other_files_are_refused_and_no_code_runs(tmp_path: Path) -> None:
    stream = io.BytesIO()
    torch.save({"format": "other", "step": 1}, stream)
    with pytest.raises(ValueError, match=r"a\.pt: expected a checkpoint of natocc train-harmonizer"):
        decode_state(stream.getvalue(), "a.pt")
    with pytest.raises(ValueError, match="expected a checkpoint of tensors alone"):
        decode_state(encode_state(state())[:500])
    with pytest.raises(ValueError, match="expected a checkpoint of tensors alone"):
        decode_state(pickle.dumps(_Marker(tmp_path / "ran")))
    assert not (tmp_path / "ran").exists()
