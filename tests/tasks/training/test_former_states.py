"""State files of earlier releases open as today's."""

from __future__ import annotations

import torch

from tasks.training.state import decode_state
from tests.models.published import saved

WEIGHTS = {"w": torch.arange(3.0)}


def test_the_harmonisers() -> None:
    content = {
        "format": "natocc-harmonizer-training/2",
        "step": 4,
        "settings": {"steps": 6, "crop": 1.0},
        "networks": {"network": WEIGHTS, "discriminator": WEIGHTS},
        "optimisers": [{"state": {}, "param_groups": []}] * 2,
        "sums": {"difference": torch.tensor(0.25)},
        "summed": 3,
        "history": [{"step": 1, "difference": 0.5}],
    }
    state = decode_state(saved(content))
    assert (state.step, state.settings, state.summed_steps) == (4, {"steps": 6, "crop": 1.0}, 3)
    assert state.networks.keys() == {"network", "discriminator"} and len(state.optimisers) == 2
    assert float(state.loss_sums["difference"]) == 0.25
    assert state.history == [{"step": 1, "difference": 0.5}]


def test_the_upscalers_with_and_without_a_discriminator() -> None:
    content = {
        "format": "natocc-train-upscaler/1",
        "step": 3,
        "made_from": {"seed": "1", "train_bank": "True"},
        "network": WEIGHTS,
        "discriminator": {},
        "optimisers": [{"state": {}, "param_groups": []}],
        "history": [{"step": 3, "pixel": 0.5}],
    }
    state = decode_state(saved(content))
    assert (state.step, state.settings) == (3, {"seed": "1", "train_bank": "True"})
    assert state.networks.keys() == {"network"} and torch.equal(state.networks["network"]["w"], WEIGHTS["w"])
    assert (state.loss_sums, state.summed_steps, state.schedules) == ({}, 0, ())
    both = decode_state(saved(content | {"discriminator": WEIGHTS}))
    assert both.networks.keys() == {"network", "discriminator"}
