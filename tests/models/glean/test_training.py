"""GLEAN's losses, optimisers and schedule."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest
import torch
from torch.nn import functional

from models.glean.network import GLEAN, GLEANConfig
from models.glean.training import GLEANLossWeights, GLEANTraining, free_prior, learnable, learning_rate_at
from models.stylegan2.discriminator import StyleGAN2Discriminator
from models.stylegan2.network import StyleGAN2Config
from models.vgg.network import VGGConfig, VGGFeatures, feature_loss
from tasks.training.checkpoint import CheckpointCallback
from tasks.training.fit import fit

WIDTHS = (6, 6, 6)


def _networks() -> tuple[GLEAN, StyleGAN2Discriminator, VGGFeatures]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        prior = StyleGAN2Config(channels=WIDTHS, styles=6)
        glean = GLEAN(GLEANConfig(in_size=4, prior=prior, blocks=1, width=4, growth=4, head=4))
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
    """One batch ``count`` times; a list would be several loaders to Lightning."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        return iter([_batch()] * len(self))


def _fit(training: GLEANTraining, steps: int) -> CheckpointCallback:
    checkpoint = CheckpointCallback("memory://glean/state.pt", every=1 << 30, settings={})
    fit(training, Same(steps), checkpoint, device="cpu")
    return checkpoint


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
    training = GLEANTraining(
        glean,
        steps=10,
        learning_rate=1e-4,
        weights=GLEANLossWeights(),
        discriminator=judge,
        features=features,
    )
    before = [value.detach().clone() for value in learnable(glean)]
    assert _fit(training, 1).history == [
        {
            "step": 1,
            "pixel": pytest.approx(float(pixel), rel=1e-4),
            "perceptual": pytest.approx(float(perceptual), rel=1e-4),
            "adversarial": pytest.approx(float(adversarial), rel=1e-4),
            "discriminator": pytest.approx(float(judged), rel=1e-4),
            "total": pytest.approx(float(pixel + 0.01 * perceptual + 0.01 * adversarial), rel=1e-4),
        }
    ]
    optimisers = training.configure_optimizers()
    assert [optimiser.param_groups[0]["betas"] for optimiser in optimisers] == [(0.9, 0.99)] * 2
    # Adam's first step is the rate itself, for whatever has a gradient.
    moves = [
        float((a.detach() - b.detach()).abs().max()) for a, b in zip(before, learnable(glean), strict=True)
    ]
    assert max(moves) == pytest.approx(1e-4, rel=1e-2)


def test_the_prior_moves_only_where_it_is_unfrozen() -> None:
    for freed in (False, True):
        glean = _networks()[0]
        if freed:
            free_prior(glean)
        before = {name: value.clone() for name, value in glean.generator.state_dict().items()}
        _fit(GLEANTraining(glean, steps=10, learning_rate=1e-2, weights=GLEANLossWeights()), 3)
        moved = {
            name
            for name, value in glean.generator.state_dict().items()
            if not torch.equal(value, before[name])
        }
        assert ("convs.1.conv.weight_orig" in moved) == freed and bool(moved) == freed


def test_a_loss_that_is_not_finite_stops_before_a_weight_changes() -> None:
    glean = _networks()[0]
    with torch.no_grad():
        glean.decoder[-1][2].bias.fill_(math.nan)
    before = glean.encoder[0][1].weight.clone()
    training = GLEANTraining(glean, steps=10, learning_rate=1e-4, weights=GLEANLossWeights())
    training.step = 6
    with pytest.raises(
        ValueError,
        match="step 7: expected finite losses, got loss nan, pixel nan; use a lower --learning-rate",
    ):
        _fit(training, 3)
    assert torch.equal(glean.encoder[0][1].weight, before)


def test_without_a_discriminator_there_is_one_optimiser() -> None:
    training = GLEANTraining(_networks()[0], steps=5, learning_rate=1e-4, weights=GLEANLossWeights())
    assert len(training.configure_optimizers()) == 1
    assert [row.keys() for row in _fit(training, 3).history] == [{"step", "pixel", "total"}] * 3
