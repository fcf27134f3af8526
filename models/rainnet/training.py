"""RainNet in training against its discriminator, as Lightning drives it (Ling et al., CVPR 2021)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

import lightning
import torch
from lightning.pytorch.core.optimizer import LightningOptimizer
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor, nn

from models.not_finite import Diverged, first_not_finite
from models.rainnet.discriminator import RainNetDiscriminator
from models.rainnet.losses import LossWeights, discriminator_loss, generator_loss
from models.rainnet.network import RainNet, RainNetConfig, initialise
from models.rainnet.training_state import TrainingState


class Batch(NamedTuple):
    """``composite`` and ``real`` uint8 (N, 3, H, W), RGB; ``mask`` uint8 (N, 1, H, W), 1 = foreground."""

    # From 0 on; it seeds what the step draws.
    step: int
    composite: Tensor
    real: Tensor
    mask: Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How the networks are trained; defaults are the published ones."""

    steps: int
    seed: int = 0
    # Channels after the first convolution, of either network.
    width: int = 64
    learning_rate: float = 2e-4
    # Weight of both adversarial terms; 0: no discriminator is trained.
    adversarial: float = 1.0

    def rate(self, step: int) -> float:
        """Learning rate of a step: constant for the first half, then down to 0 in a line."""
        half = self.steps // 2
        return self.learning_rate * min(1.0, (self.steps - step) / (self.steps - half))


class Harmonizer(lightning.LightningModule):
    """RainNet and its discriminator, optimised in turn by Adam with betas 0.5 and 0.999.

    What a step draws, dropout among it, hangs on the seed and its number alone, so that a training that
    goes on from ``state()`` ends as one that was never stopped.
    """

    automatic_optimization = False

    def __init__(self, schedule: Schedule) -> None:
        super().__init__()
        self.schedule = schedule
        start = _seed(schedule.seed, "weights")
        # Parameters draw from the global generator before they are set.
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(start)
            self.network = RainNet(RainNetConfig(width=schedule.width))
            self.discriminator = RainNetDiscriminator(width=schedule.width) if schedule.adversarial else None
        generator = torch.Generator().manual_seed(start)
        initialise(self.network, generator)
        if self.discriminator is not None:
            initialise(self.discriminator, generator)
        self.step = 0
        self._resumed: TrainingState | None = None
        # Sums of the losses since they were last asked for, and of how many steps.
        self._sums: dict[str, Tensor] = {}
        self._summed = 0

    def training_step(self, batch: Batch, batch_idx: int) -> None:
        # Of every device: dropout draws from the global generators.
        torch.manual_seed(_seed(self.schedule.seed, f"dropout {batch.step}"))
        composite, real = (_signed(one) for one in (batch.composite, batch.real))
        mask = batch.mask.float()
        optimisers = self._optimisers()
        for optimiser in optimisers:
            for group in optimiser.param_groups:
                group["lr"] = self.schedule.rate(batch.step)
        harmonised = self.network.harmonise(composite, mask)
        told: dict[str, Tensor] = {}
        if self.discriminator is None:
            told["difference"] = (harmonised - real).abs().mean()
            self._descend(optimisers[0], told["difference"] * LossWeights().difference, batch.step)
        else:
            weights = LossWeights(whole=self.schedule.adversarial, together=self.schedule.adversarial)
            draws = torch.Generator().manual_seed(_seed(self.schedule.seed, f"penalty {batch.step}"))
            judged = discriminator_loss(self.discriminator, harmonised, real, mask, draws, weights)
            self._descend(optimisers[1], judged.total, batch.step)
            # Its weights stay as they are while the generator learns from them.
            self.discriminator.requires_grad_(False)
            scores = self.discriminator(harmonised, mask)
            made = generator_loss(harmonised, real, scores, weights)
            self._descend(optimisers[0], made.total, batch.step)
            self.discriminator.requires_grad_(True)
            told |= {"difference": made.difference, "whole": made.whole, "together": made.together}
            told |= {"discriminator": judged.total, "penalty": judged.penalty}
        for name, value in told.items():
            self._sums[name] = self._sums.get(name, torch.zeros_like(value)) + value.detach()
        self._summed += 1
        self.step = batch.step + 1

    def configure_optimizers(self) -> OptimizerLRScheduler:
        networks: list[nn.Module] = [self.network]
        networks += [] if self.discriminator is None else [self.discriminator]
        optimisers: list[torch.optim.Optimizer] = [
            torch.optim.Adam(one.parameters(), lr=self.schedule.learning_rate, betas=(0.5, 0.999))
            for one in networks
        ]
        if self._resumed is not None:
            for optimiser, state in zip(optimisers, self._resumed.optimisers, strict=True):
                optimiser.load_state_dict(state)
        return optimisers

    def take_losses(self) -> dict[str, float]:
        """Means of the unweighted losses over the steps since the last call, five digits each."""
        means = {name: float(f"{float(value) / self._summed:.5g}") for name, value in self._sums.items()}
        self._sums, self._summed = {}, 0
        return means

    def state(self, settings: dict[str, Any], history: list[dict[str, float]]) -> TrainingState:
        """All that the next step hangs on. Raises Diverged where a weight is not finite."""
        networks = {name: one for name, one in self.named_children() if isinstance(one, nn.Module)}
        weights = {name: one.state_dict() for name, one in networks.items()}
        if broken := first_not_finite(weights):
            raise Diverged(f"step {self.step}: expected finite weights, got others in the {broken}")
        return TrainingState(
            step=self.step,
            settings=settings,
            networks=weights,
            optimisers=[one.optimizer.state_dict() for one in self._optimisers()],
            sums=self._sums,
            summed=self._summed,
            history=history,
        )

    def resume(self, state: TrainingState) -> None:
        """Go on from ``state``, before the training begins. Raises ValueError for other networks' state."""
        try:
            for name, module in self.named_children():
                module.load_state_dict(state.networks[name])
        except (KeyError, RuntimeError) as error:
            raise ValueError(f"checkpoint: expected the weights of these networks, got {error}") from error
        self.step, self._resumed = state.step, state
        self._sums, self._summed = dict(state.sums), state.summed

    def _optimisers(self) -> list[LightningOptimizer]:
        found = self.optimizers()
        return cast("list[LightningOptimizer]", found if isinstance(found, list) else [found])

    def _descend(self, optimiser: LightningOptimizer, loss: Tensor, step: int) -> None:
        if not bool(loss.isfinite()):
            raise Diverged(f"step {step}: expected finite losses, got {float(loss.detach())}")
        optimiser.zero_grad()
        self.manual_backward(loss, retain_graph=False)
        optimiser.step()


def _seed(seed: int, what: str) -> int:
    """63 bits for what is drawn."""
    digest = hashlib.sha256(f"{seed}\x1fharmonizer\x1f{what}".encode()).digest()
    return int.from_bytes(digest[:8], "little") >> 1


def _signed(levels: Tensor) -> Tensor:
    """uint8 to float in [-1, 1]."""
    return levels.float() / 127.5 - 1
