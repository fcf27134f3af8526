"""Base class of network trainings that ``tasks/training`` can record, interrupt and resume."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import cast

import lightning
import torch
from lightning.pytorch.core.optimizer import LightningOptimizer
from torch import Tensor, nn

from models.not_finite import Diverged


class TrainingModule(lightning.LightningModule):
    """Networks with their losses and optimisers; each batch is one step.

    A subclass names the networks that it trains, configures their optimisers as Lightning expects, and
    calls ``finish_step`` at the end of ``training_step``. The random draws of a step may depend only on a
    seed and on ``self.step``: then a resumed training gives the same weights as an uninterrupted one.
    """

    # Remedies, appended to error messages.
    if_diverged = "use a lower --learning-rate"
    if_out_of_memory = "use a smaller --batch"

    def __init__(self, steps: int) -> None:
        super().__init__()
        # Steps of the whole training, and finished steps.
        self.steps, self.step = steps, 0
        # Sums of the losses since the last mean, and the number of summed steps.
        self.loss_sums: dict[str, Tensor] = {}
        self.summed_steps = 0

    def trained_networks(self) -> dict[str, nn.Module]:
        """Return the networks with trained weights, by the name under which their state is stored."""
        raise NotImplementedError

    def finish_step(self, losses: Mapping[str, Tensor]) -> None:
        """Count the step and add its unweighted scalar losses to the history."""
        for name, value in losses.items():
            before = self.loss_sums.get(name, torch.zeros_like(value)).to(value.device)
            self.loss_sums[name] = before + value.detach()
        self.summed_steps += 1
        self.step += 1

    def take_mean_losses(self) -> dict[str, float]:
        """Return the mean losses over the steps since the last call, with five significant digits."""
        means = {name: float(value) / self.summed_steps for name, value in self.loss_sums.items()}
        self.loss_sums, self.summed_steps = {}, 0
        return {name: float(f"{mean:.5g}") for name, mean in means.items()}

    def check_finite(self, loss: Tensor, terms: Mapping[str, Tensor] | None = None) -> None:
        """Raise Diverged with the loss and its terms unless the loss is finite."""
        if not bool(loss.isfinite()):
            values = {"loss": loss, **(terms or {})}
            got = ", ".join(f"{name} {float(value.detach()):.3g}" for name, value in values.items())
            raise Diverged(f"step {self.step + 1}: expected finite losses, got {got}; {self.if_diverged}")

    def descend(
        self, optimiser: LightningOptimizer, loss: Tensor, terms: Mapping[str, Tensor] | None = None
    ) -> None:
        """Take one optimiser step on ``loss``; for modules with manual optimisation.

        Raises Diverged, before any weight changes, if the loss is not finite.
        """
        self.check_finite(loss, terms)
        optimiser.zero_grad()
        self.manual_backward(loss)
        optimiser.step()

    def all_optimisers(self) -> list[LightningOptimizer]:
        """Return the optimisers in the order of their configuration."""
        found = self.optimizers()
        return cast("list[LightningOptimizer]", found if isinstance(found, list) else [found])


def seed_of(seed: int, stream: str, purpose: str) -> int:
    """Return a 63-bit seed: a hash of the three arguments."""
    digest = hashlib.sha256(f"{seed}\x1f{stream}\x1f{purpose}".encode()).digest()
    return int.from_bytes(digest[:8], "little") >> 1
