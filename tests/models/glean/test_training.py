"""GLEAN's losses and schedule, and the state that a training goes on from."""

from __future__ import annotations

import io
import math
import pickle
from collections.abc import Iterator

import pytest
import torch
from torch import nn
from torch.nn import functional

from models.glean.network import GLEAN, GLEANConfig
from models.glean.training import GLEANTraining, Losses, LossWeights, free_bank, learnable, learning_rate_at
from models.glean.training_state import TrainingState, decode_state, encode_state
from models.stylegan2.discriminator import StyleGAN2Discriminator
from models.stylegan2.network import StyleGAN2Config
from models.vgg.network import VGGConfig, VGGFeatures, feature_loss
from tasks.training.trainer import new_trainer, without_lightnings_own_warning

WIDTHS = (6, 6, 6)


def _networks() -> tuple[GLEAN, StyleGAN2Discriminator, VGGFeatures]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        bank = StyleGAN2Config(channels=WIDTHS, styles=6)
        glean = GLEAN(GLEANConfig(in_size=4, bank=bank, blocks=1, width=4, growth=4, head=4))
        judge = StyleGAN2Discriminator(WIDTHS)
        features = VGGFeatures(VGGConfig(widths=(2, 2, 2, 2)))
    return glean, judge, features.requires_grad_(False)


def _batch() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(4)
    return (
        torch.rand(2, 3, 4, 4, generator=generator) * 2 - 1,
        torch.rand(2, 3, 16, 16, generator=generator) * 2 - 1,
    )


class Same:
    """One batch again and again; a list would be several loaders to Lightning."""

    def __len__(self) -> int:
        return 9

    def __iter__(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        return iter([_batch()] * len(self))


def _fit(training: GLEANTraining, steps: int) -> None:
    with without_lightnings_own_warning():
        new_trainer(steps, "cpu", False).fit(training, Same())


def test_the_rate_falls_along_half_a_cosine() -> None:
    assert learning_rate_at(0, 300_000, 1e-4) == pytest.approx(1e-4)
    assert learning_rate_at(150_000, 300_000, 1e-4) == pytest.approx((1e-4 + 1e-7) / 2)
    assert learning_rate_at(300_000, 300_000, 1e-4) == pytest.approx(1e-7)
    assert learning_rate_at(75_000, 300_000, 1e-4) == pytest.approx(
        1e-7 + (1e-4 - 1e-7) * (0.5 + math.sqrt(2) / 4)
    )


def test_one_step_has_the_published_losses_and_optimisers() -> None:
    glean, judge, features = _networks()
    small, real = _batch()
    with torch.no_grad():
        made = glean(small)
        pixel = functional.mse_loss(made, real)
        perceptual = feature_loss(features, made, real)
        scores = judge(made), judge(real)
        adversarial = functional.binary_cross_entropy_with_logits(scores[0], torch.ones(2, 1))
        judged = functional.binary_cross_entropy_with_logits(scores[0], torch.zeros(2, 1))
        judged = judged + functional.binary_cross_entropy_with_logits(scores[1], torch.ones(2, 1))
    told: list[Losses] = []
    training = GLEANTraining(
        glean,
        steps=10,
        learning_rate=1e-4,
        weights=LossWeights(),
        discriminator=judge,
        features=features,
        after_step=lambda step, losses: told.append(losses),
    )
    before = [value.detach().clone() for value in learnable(glean)]
    _fit(training, 2)
    assert len(told) == 1
    first = told[0]
    assert first.pixel == pytest.approx(float(pixel), rel=1e-5)
    assert first.perceptual == pytest.approx(float(perceptual), rel=1e-4)
    assert first.adversarial == pytest.approx(float(adversarial), rel=1e-5)
    assert first.discriminator == pytest.approx(float(judged), rel=1e-5)
    assert first.total == pytest.approx(float(pixel + 0.01 * perceptual + 0.01 * adversarial), rel=1e-5)
    assert [adam.param_groups[0]["betas"] for adam in training.adams] == [(0.9, 0.99)] * 2
    # Adam's first step is the rate itself, for whatever has a gradient.
    moves = [
        float((a.detach() - b.detach()).abs().max()) for a, b in zip(before, learnable(glean), strict=True)
    ]
    assert max(moves) == pytest.approx(1e-4, rel=1e-2)


def test_the_bank_moves_only_where_it_is_freed() -> None:
    for freed in (False, True):
        glean = _networks()[0]
        if freed:
            free_bank(glean)
        before = {name: value.clone() for name, value in glean.generator.state_dict().items()}
        _fit(GLEANTraining(glean, steps=10, learning_rate=1e-2, weights=LossWeights()), 3)
        moved = {
            name
            for name, value in glean.generator.state_dict().items()
            if not torch.equal(value, before[name])
        }
        assert ("convs.1.conv.weight_orig" in moved) == freed and bool(moved) == freed


def test_what_is_not_finite_stops_before_a_weight_is_spoilt() -> None:
    glean = _networks()[0]
    with torch.no_grad():
        glean.decoder[-1][2].bias.fill_(math.nan)
    before = glean.encoder[0][1].weight.clone()
    training = GLEANTraining(glean, steps=10, learning_rate=1e-4, weights=LossWeights(), done=6)
    with pytest.raises(
        ValueError, match="step 7: expected finite losses, got total nan, pixel nan; start again"
    ):
        _fit(training, 3)
    assert torch.equal(glean.encoder[0][1].weight, before)


def test_a_discriminator_that_is_not_there_costs_no_optimiser() -> None:
    training = GLEANTraining(_networks()[0], steps=5, learning_rate=1e-4, weights=LossWeights())
    _fit(training, 3)
    assert len(training.adams) == 1
    assert int(training.adams[0].state_dict()["state"][0]["step"]) == 3


def _state() -> TrainingState:
    adam = torch.optim.Adam(nn.Linear(2, 2).parameters(), betas=(0.9, 0.99))
    return TrainingState(
        step=7,
        made_from={"seed": "1"},
        network={"a": torch.arange(3.0)},
        discriminator={},
        optimisers=[adam.state_dict()],
        history=[{"step": 7, "pixel": 0.5}],
    )


def test_a_state_comes_back_as_it_was() -> None:
    state = decode_state(encode_state(_state()))
    assert (
        state.step == 7 and state.made_from == {"seed": "1"} and state.history == [{"step": 7, "pixel": 0.5}]
    )
    assert torch.equal(state.network["a"], torch.arange(3.0))
    assert state.optimisers[0]["param_groups"] == _state().optimisers[0]["param_groups"]


def test_other_files_are_no_state() -> None:
    stream = io.BytesIO()
    torch.save({"format": "other", "step": 3}, stream)
    with pytest.raises(ValueError, match=r"s\.pt: expected the state of a training .* got 'other'"):
        decode_state(stream.getvalue(), "s.pt")
    with pytest.raises(ValueError, match=r"s\.pt: expected a checkpoint of tensors alone"):
        decode_state(encode_state(_state())[:500], "s.pt")

    class Bad:
        def __reduce__(self) -> tuple[object, ...]:
            return print, ("code",)

    stream = io.BytesIO()
    torch.save({"format": Bad()}, stream, pickle_module=pickle)
    with pytest.raises(ValueError, match=r"one that asks for \S*print"):
        decode_state(stream.getvalue(), "s.pt")
