from __future__ import annotations

import pytest
import torch

from models.not_finite import Diverged
from models.rainnet.training import Harmonizer, Schedule


def test_the_rate_is_constant_for_half_the_steps_then_falls_in_a_line() -> None:
    schedule = Schedule(steps=10, learning_rate=1.0)
    assert [schedule.rate(step) for step in range(6)] == [1.0] * 6
    assert [schedule.rate(step) for step in range(6, 10)] == pytest.approx([0.8, 0.6, 0.4, 0.2])
    assert Schedule(steps=1).rate(0) == 2e-4


def test_networks_hang_on_the_seed_alone_and_start_as_published() -> None:
    one, other = (Harmonizer(Schedule(steps=1, width=2, seed=seed)) for seed in (3, 4))
    torch.rand(5)
    again = Harmonizer(Schedule(steps=1, width=2, seed=3))
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), again.parameters(), strict=True))
    assert not torch.equal(one.network.model_layer0.weight, other.network.model_layer0.weight)
    assert one.network.unet_block.down[0].weight.std().item() == pytest.approx(0.02, rel=0.05)
    assert one.discriminator is not None
    assert one.discriminator.convl1.weight_orig.std().item() == pytest.approx(0.02, rel=0.2)


def test_without_adversarial_terms_there_is_no_discriminator() -> None:
    module = Harmonizer(Schedule(steps=1, width=2, adversarial=0.0))
    assert module.discriminator is None
    assert set(dict(module.named_children())) == {"network"}


def test_weights_that_are_not_finite_are_never_kept() -> None:
    module = Harmonizer(Schedule(steps=1, width=2))
    with torch.no_grad():
        module.network.model_layer0.weight[0, 0, 0, 0] = float("nan")
    with pytest.raises(Diverged, match="step 0: expected finite weights, got others in the network"):
        module.state({}, [])
