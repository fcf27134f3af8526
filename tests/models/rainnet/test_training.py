from __future__ import annotations

import pytest
import torch

from models.rainnet.training import RainNetSchedule, RainNetTraining


def test_the_rate_is_constant_for_half_the_steps_then_falls_in_a_line() -> None:
    schedule = RainNetSchedule(steps=10, learning_rate=1.0)
    assert [schedule.rate(step) for step in range(6)] == [1.0] * 6
    assert [schedule.rate(step) for step in range(6, 10)] == pytest.approx([0.8, 0.6, 0.4, 0.2])
    assert RainNetSchedule(steps=1).rate(0) == 2e-4


def test_networks_depend_on_the_seed_alone_and_start_as_published() -> None:
    one, other = (RainNetTraining(RainNetSchedule(steps=1, width=2, seed=seed)) for seed in (3, 4))
    torch.rand(5)
    again = RainNetTraining(RainNetSchedule(steps=1, width=2, seed=3))
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), again.parameters(), strict=True))
    assert not torch.equal(one.network.model_layer0.weight, other.network.model_layer0.weight)
    assert one.network.unet_block.down[0].weight.std().item() == pytest.approx(0.02, rel=0.05)
    assert one.discriminator is not None
    assert one.discriminator.convl1.weight_orig.std().item() == pytest.approx(0.02, rel=0.2)


def test_without_adversarial_terms_there_is_no_discriminator() -> None:
    module = RainNetTraining(RainNetSchedule(steps=1, width=2, adversarial=0.0))
    assert module.discriminator is None
    assert module.trained_networks() == {"network": module.network}
