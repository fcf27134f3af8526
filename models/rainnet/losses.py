"""Training losses of RainNet; each is a scalar tensor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from models.rainnet.discriminator import Scores

Discriminator = Callable[[Tensor, Tensor], Scores]


@dataclass(frozen=True, slots=True, kw_only=True)
class RainNetLossWeights:
    """Weights of the terms; the defaults are the published ones."""

    # Mean absolute difference from the real picture.
    difference: float = 100.0
    # The generator's two adversarial terms.
    whole: float = 1.0
    together: float = 1.0
    # Gradient penalty of the discriminator.
    penalty: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratorLoss:
    """``total`` is to be minimised; the other terms are unweighted."""

    total: Tensor
    difference: Tensor
    whole: Tensor
    together: Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscriminatorLoss:
    """``total`` is to be minimised; the other terms are unweighted."""

    total: Tensor
    whole: Tensor
    together: Tensor
    penalty: Tensor


def generator_loss(
    harmonised: Tensor, real: Tensor, scores: Scores, weights: RainNetLossWeights | None = None
) -> GeneratorLoss:
    """Return ``100 · mean |harmonised - real| - mean whole - mean together``.

    ``harmonised`` and ``real``: float (N, 3, H, W) in [-1, 1]; ``harmonised`` has the composite's
    background. ``scores`` are the scores of ``harmonised``.
    """
    weights = weights or RainNetLossWeights()
    if harmonised.shape != real.shape:
        raise ValueError(
            f"harmonised: expected the real picture's shape {tuple(real.shape)}, "
            f"got {tuple(harmonised.shape)}"
        )
    difference = functional.l1_loss(harmonised, real)
    whole, together = -scores.whole.mean(), -scores.together.mean()
    total = weights.difference * difference + weights.whole * whole + weights.together * together
    return GeneratorLoss(total=total, difference=difference, whole=whole, together=together)


def discriminator_loss(
    discriminator: Discriminator,
    harmonised: Tensor,
    real: Tensor,
    mask: Tensor,
    generator: torch.Generator,
    weights: RainNetLossWeights | None = None,
) -> DiscriminatorLoss:
    """Return the hinge losses of both scores and the gradient penalty.

    Each hinge loss is ``mean relu(1 + score(harmonised)) + mean relu(1 - score(real))``. Pictures are as
    for ``generator_loss``; ``mask`` is (N, 1, H, W). The inputs get no gradient. ``generator`` (on the
    CPU) draws the mixtures.
    """
    weights = weights or RainNetLossWeights()
    harmonised, real = harmonised.detach(), real.detach()
    fake, true = discriminator(harmonised, mask), discriminator(real, mask)
    whole = _hinge(fake.whole, true.whole)
    together = _hinge(fake.together, true.together)
    penalty = gradient_penalty(discriminator, harmonised, real, mask, generator)
    return DiscriminatorLoss(
        total=whole + together + weights.penalty * penalty, whole=whole, together=together, penalty=penalty
    )


def gradient_penalty(
    discriminator: Discriminator,
    harmonised: Tensor,
    real: Tensor,
    mask: Tensor,
    generator: torch.Generator,
) -> Tensor:
    """Return ``mean (|gradient| - 1)^2`` at mixtures of pairs (Gulrajani et al., NeurIPS 2017, section 4).

    The gradient of half the sum of both scores is taken with respect to the picture, with one norm per
    picture. The share of ``real`` is uniform in [0, 1) for each pair.
    """
    share = torch.rand(len(real), 1, 1, 1, generator=generator).to(real)
    mixed = (share * real.detach() + (1 - share) * harmonised.detach()).requires_grad_()
    scores = discriminator(mixed, mask)
    (gradient,) = torch.autograd.grad(((scores.whole + scores.together) / 2).sum(), mixed, create_graph=True)
    # A norm has no gradient at 0.
    norms = torch.linalg.vector_norm(gradient.flatten(1) + 1e-16, dim=1)
    penalty: Tensor = (norms - 1).square().mean()
    return penalty


def _hinge(fake: Tensor, true: Tensor) -> Tensor:
    return functional.relu(1 + fake).mean() + functional.relu(1 - true).mean()
