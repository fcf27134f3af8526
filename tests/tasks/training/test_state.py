from __future__ import annotations

import io
import pickle
from pathlib import Path

import pytest
import torch

from tasks.training.state import TrainingState, decode_state, encode_state
from tests.models.published import flipped, saved


def state() -> TrainingState:
    weight = torch.nn.Parameter(torch.arange(6.0).reshape(2, 3))
    optimiser = torch.optim.Adam([weight], betas=(0.5, 0.999))
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=1e-3, total_steps=9)
    weight.sum().backward()
    optimiser.step()
    schedule.step()
    return TrainingState(
        step=7,
        settings={"seed": 1, "size": 256, "photographs": "3 sha256:ab"},
        networks={"network": {"w": weight.detach()}},
        optimisers=[optimiser.state_dict()],
        schedules=[schedule.state_dict()],
        loss_sums={"difference": torch.tensor(1.5)},
        summed_steps=2,
        history=[{"step": 5, "difference": 0.5}],
    )


def test_it_comes_back_as_it_was() -> None:
    before, after = state(), decode_state(encode_state(state()))
    assert (after.step, after.settings, after.history) == (7, before.settings, before.history)
    assert (after.schedules, after.summed_steps) == (before.schedules, 2)
    assert torch.equal(after.loss_sums["difference"], torch.tensor(1.5))
    assert torch.equal(after.networks["network"]["w"], before.networks["network"]["w"])
    kept, found = before.optimisers[0], after.optimisers[0]
    assert found["param_groups"] == kept["param_groups"]
    assert all(torch.equal(found["state"][0][name], kept["state"][0][name]) for name in kept["state"][0])


def test_it_names_the_network_or_the_optimiser_that_is_not_finite() -> None:
    good, bad = {"w": torch.zeros(2)}, {"w": torch.tensor([0.0, float("inf")])}
    cases = [
        ({"network": good, "judge": good}, [good, good], None),
        ({"network": good, "judge": bad}, [bad, good], "judge"),
        ({"network": good, "judge": good}, [good, bad], "judge's optimiser"),
    ]
    for networks, optimisers, name in cases:
        found = TrainingState(step=1, settings={}, networks=networks, optimisers=optimisers)
        assert found.not_finite() == name


class _Marker:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return open, (str(self.path), "w")


def test_other_files_are_refused_and_no_code_runs(tmp_path: Path) -> None:
    with pytest.raises(
        ValueError,
        match=r"^a\.pt: expected the state of a training \(natocc-training/2\), got 'other'; use another --out",
    ):
        decode_state(saved({"format": "other", "step": 1}), "a.pt")
    with pytest.raises(ValueError, match="got 'natocc-training/2'"):
        decode_state(saved({"format": "natocc-training/2", "step": 1}))
    with pytest.raises(ValueError, match="expected a checkpoint of tensors alone"):
        decode_state(encode_state(state())[:500])
    with pytest.raises(ValueError, match="expected a checkpoint of tensors alone"):
        decode_state(pickle.dumps(_Marker(tmp_path / "ran")))
    stream = io.BytesIO()
    torch.save({"format": _Marker(tmp_path / "ran")}, stream, pickle_module=pickle)
    with pytest.raises(ValueError, match=r"one that holds io\.open; save its state_dict alone"):
        decode_state(stream.getvalue())
    assert not (tmp_path / "ran").exists()


def test_a_damaged_state_is_refused() -> None:
    with pytest.raises(
        ValueError,
        match=r"a\.pt: expected .* differs from its check sum; .*; or use another --out, or remove the file to train",
    ):
        decode_state(flipped(encode_state(state())), "a.pt")


def test_a_state_that_differs_from_its_hash_is_refused() -> None:
    content = torch.load(io.BytesIO(encode_state(state())), weights_only=True)
    content["networks"]["network"]["w"][0, 0] += 1
    with pytest.raises(
        ValueError, match=r"a\.pt: expected the state with sha256 \w+…, got \w+…: it is damaged or was"
    ):
        decode_state(saved(content), "a.pt")


def test_a_state_without_a_hash_is_read_and_its_check_sums_are_compared() -> None:
    content = torch.load(io.BytesIO(encode_state(state())), weights_only=True)
    del content["sha256"]
    former = saved(content | {"format": "natocc-training/1"})
    assert torch.equal(decode_state(former).networks["network"]["w"], state().networks["network"]["w"])
    with pytest.raises(ValueError, match="differs from its check sum"):
        decode_state(flipped(former))
