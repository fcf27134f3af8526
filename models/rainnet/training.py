"""Adversarial training of RainNet (Ling et al., CVPR 2021)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor, nn

from models.rainnet.discriminator import RainNetDiscriminator
from models.rainnet.losses import RainNetLossWeights, discriminator_loss, generator_loss
from models.rainnet.network import RainNet, RainNetConfig, initialise
from models.training_module import TrainingModule, seed_of

# Part of the seed of every draw.
_STREAM = "harmonizer"


class RainNetBatch(NamedTuple):
    """``composite`` and ``real`` uint8 (N, 3, H, W), RGB; ``mask`` uint8 (N, 1, H, W), 1 = foreground."""

    composite: Tensor
    real: Tensor
    mask: Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class RainNetSchedule:
    """Training schedule of the networks; the defaults are the published values."""

    steps: int
    seed: int = 0
    # Channels after the first convolution of both networks.
    width: int = 64
    learning_rate: float = 2e-4
    # Weight of both adversarial terms; 0 trains without a discriminator.
    adversarial: float = 1.0

    def rate(self, step: int) -> float:
        """Return the learning rate of a step (from 0): constant for the first half, then linear to 0."""
        half = self.steps // 2
        return self.learning_rate * min(1.0, (self.steps - step) / (self.steps - half))


class RainNetTraining(TrainingModule):
    """Trains RainNet and its discriminator in turn with Adam (betas 0.5 and 0.999).

    All random draws of a step, dropout included, depend only on the seed and the step's number.
    """

    automatic_optimization = False

    def __init__(self, schedule: RainNetSchedule) -> None:
        super().__init__(schedule.steps)
        self.schedule = schedule
        start = seed_of(schedule.seed, _STREAM, "weights")
        # Constructors draw from the global generator; ``initialise`` replaces these draws.
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(start)
            self.network = RainNet(RainNetConfig(width=schedule.width))
            self.discriminator = RainNetDiscriminator(width=schedule.width) if schedule.adversarial else None
        generator = torch.Generator().manual_seed(start)
        for network in self.trained_networks().values():
            initialise(network, generator)

    def trained_networks(self) -> dict[str, nn.Module]:
        networks = {"network": self.network, "discriminator": self.discriminator}
        return {name: network for name, network in networks.items() if network is not None}

    def configure_optimizers(self) -> OptimizerLRScheduler:
        return [
            torch.optim.Adam(network.parameters(), lr=self.schedule.learning_rate, betas=(0.5, 0.999))
            for network in self.trained_networks().values()
        ]

    def training_step(self, batch: RainNetBatch, batch_idx: int) -> None:
        # Dropout draws from the global generators of all devices.
        torch.manual_seed(self._seed("dropout"))
        for optimiser in self.all_optimisers():
            for group in optimiser.param_groups:
                group["lr"] = self.schedule.rate(self.step)
        composite, real, mask = _signed(batch.composite), _signed(batch.real), batch.mask.float()
        harmonised = self.network.harmonise(composite, mask)
        if self.discriminator is None:
            losses = self._step_alone(harmonised, real)
        else:
            losses = self._step_adversarial(self.discriminator, harmonised, real, mask)
        self.finish_step(losses)

    def _step_alone(self, harmonised: Tensor, real: Tensor) -> dict[str, Tensor]:
        difference = (harmonised - real).abs().mean()
        self.descend(self.all_optimisers()[0], difference * RainNetLossWeights().difference)
        return {"difference": difference}

    def _step_adversarial(
        self, discriminator: RainNetDiscriminator, harmonised: Tensor, real: Tensor, mask: Tensor
    ) -> dict[str, Tensor]:
        adversarial = self.schedule.adversarial
        weights = RainNetLossWeights(whole=adversarial, together=adversarial)
        generator_optimiser, discriminator_optimiser = self.all_optimisers()
        mixtures = torch.Generator().manual_seed(self._seed("penalty"))
        judged = discriminator_loss(discriminator, harmonised, real, mask, mixtures, weights)
        self.descend(discriminator_optimiser, judged.total)
        # The generator's loss must not add gradients to the discriminator.
        discriminator.requires_grad_(False)
        made = generator_loss(harmonised, real, discriminator(harmonised, mask), weights)
        self.descend(generator_optimiser, made.total)
        discriminator.requires_grad_(True)
        return {
            "difference": made.difference,
            "whole": made.whole,
            "together": made.together,
            "discriminator": judged.total,
            "penalty": judged.penalty,
        }

    def _seed(self, purpose: str) -> int:
        return seed_of(self.schedule.seed, _STREAM, f"{purpose} {self.step}")


def _signed(levels: Tensor) -> Tensor:
    """Convert uint8 to float in [-1, 1]."""
    return levels.float() / 127.5 - 1
