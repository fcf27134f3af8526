"""GLEAN in training: losses, schedule and optimisers (Chan et al. 2021)."""

from __future__ import annotations

import math
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import torch
from lightning.pytorch.core.optimizer import LightningOptimizer
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor, nn
from torch.nn import functional
from torch.optim import Adam

from models.glean.network import GLEAN
from models.training_module import TrainingModule
from models.vgg.network import feature_loss
from natocc.machine import FullRangePrecision

BETAS = (0.9, 0.99)
LOWEST_RATE = 1e-7


@dataclass(frozen=True, slots=True, kw_only=True)
class GLEANLossWeights:
    """Weights of the terms; the defaults are the published ones (specs 3.5). 0 leaves a term out."""

    # Mean squared difference from the real picture, in [-1, 1].
    pixel: float = 1.0
    # Mean squared difference of VGG16 features.
    perceptual: float = 1e-2
    # Adversarial loss of the result.
    adversarial: float = 1e-2


def learning_rate_at(step: int, steps: int, highest: float, lowest: float = LOWEST_RATE) -> float:
    """Return the cosine-annealed rate: ``highest`` at step 0, ``lowest`` at ``steps``."""
    return lowest + (highest - lowest) * (1 + math.cos(math.pi * step / steps)) / 2


class GLEANTraining(TrainingModule):
    """Trains GLEAN and an optional discriminator with manual optimisation.

    A batch is (small float (N, 3, in, in), real float (N, 3, out, out)), RGB in [-1, 1]. Each step
    updates the upscaler first, then the discriminator. The losses are those of Chan et al. (2021, section
    3.3). The vanilla GAN loss is ``softplus(-score)`` for the upscaler, and ``softplus(score)`` of the
    result plus ``softplus(-score)`` of the real picture for the discriminator. Frozen parameters have no
    optimiser. A step draws no random numbers.
    """

    automatic_optimization = False
    if_diverged = "use a lower --learning-rate, --precision float32, or other given weights"
    if_out_of_memory = "use a smaller --batch or --precision bfloat16"

    def __init__(
        self,
        network: GLEAN,
        *,
        steps: int,
        learning_rate: float,
        weights: GLEANLossWeights,
        discriminator: nn.Module | None = None,
        features: nn.Module | None = None,
        precision: FullRangePrecision = "float32",
    ) -> None:
        super().__init__(steps)
        self.network, self.discriminator, self.features = network, discriminator, features
        self._rate, self._weights, self._precision = learning_rate, weights, precision
        # Loaded networks are in eval mode. None of their layers behaves differently in training mode.
        self.train()

    def trained_networks(self) -> dict[str, nn.Module]:
        networks = {"network": self.network, "discriminator": self.discriminator}
        return {name: network for name, network in networks.items() if network is not None}

    def configure_optimizers(self) -> OptimizerLRScheduler:
        return [
            Adam(learnable(network), lr=self._rate, betas=BETAS)
            for network in self.trained_networks().values()
        ]

    def training_step(self, batch: tuple[Tensor, Tensor], batch_idx: int) -> None:
        small, real = batch
        optimisers = self.all_optimisers()
        for optimiser in optimisers:
            for group in optimiser.param_groups:
                group["lr"] = learning_rate_at(self.step, self.steps, self._rate)
        losses, made = self._improve_network(optimisers[0], small, real)
        if self.discriminator is not None:
            losses["discriminator"] = self._improve_discriminator(
                optimisers[1], self.discriminator, made, real
            )
        self.finish_step(losses)

    def _improve_network(
        self, optimiser: LightningOptimizer, small: Tensor, real: Tensor
    ) -> tuple[dict[str, Tensor], Tensor]:
        """Return the unweighted losses with their weighted ``total``, and the detached result."""
        terms: dict[str, Tensor] = {}
        if self.discriminator is not None:
            # The upscaler's loss must not add gradients to the discriminator.
            self.discriminator.requires_grad_(False)
        with self._mixed_precision():
            made = self.network(small)
            if self.features is not None:
                terms["perceptual"] = feature_loss(self.features, made, real).float()
            if self.discriminator is not None:
                terms["adversarial"] = functional.softplus(-self.discriminator(made).float()).mean()
        made = made.float()
        terms["pixel"] = functional.mse_loss(made, real)
        total = torch.stack([getattr(self._weights, name) * term for name, term in terms.items()]).sum()
        self.descend(optimiser, total, terms)
        return {"total": total, **terms}, made.detach()

    def _improve_discriminator(
        self, optimiser: LightningOptimizer, discriminator: nn.Module, made: Tensor, real: Tensor
    ) -> Tensor:
        discriminator.requires_grad_(True)
        with self._mixed_precision():
            of_made, of_real = discriminator(made).float(), discriminator(real).float()
        loss = functional.softplus(of_made).mean() + functional.softplus(-of_real).mean()
        self.descend(optimiser, loss)
        return loss

    def _mixed_precision(self) -> AbstractContextManager[object]:
        if self._precision == "float32":
            return nullcontext()
        return torch.autocast(self.device.type, torch.bfloat16)


def learnable(network: nn.Module) -> list[nn.Parameter]:
    """Return the parameters that are not frozen."""
    return [value for value in network.parameters() if value.requires_grad]


def free_prior(network: GLEAN) -> None:
    """Unfreeze the prior, except its mapping and colour layers, which do not affect the result."""
    prior = network.generator
    for layers in (prior.constant_input, prior.conv1, prior.convs):
        layers.requires_grad_(True)
