"""GLEAN's training: losses, schedule and optimisers, as Lightning drives them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from typing import cast

import lightning
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim import Adam

from models.glean.network import GLEAN
from models.glean.training_state import TrainingState
from models.not_finite import Diverged
from models.vgg.network import feature_loss
from natocc.machine import FullRangePrecision

Batch = tuple[Tensor, Tensor]
BETAS = (0.9, 0.99)
LOWEST_RATE = 1e-7


@dataclass(frozen=True, slots=True, kw_only=True)
class LossWeights:
    """Weights of the terms; the defaults are the published ones (specs 3.5). 0 leaves a term out."""

    # Mean squared difference from the real picture, in [-1, 1].
    pixel: float = 1.0
    # That of VGG16's features.
    perceptual: float = 1e-2
    # How little the discriminator takes the result for real.
    adversarial: float = 1e-2


@dataclass(frozen=True, slots=True, kw_only=True)
class Losses:
    """The terms of one step, unweighted; ``total`` is what the upscaler is to make small."""

    total: float
    pixel: float
    perceptual: float | None = None
    adversarial: float | None = None
    discriminator: float | None = None


def learning_rate_at(step: int, steps: int, highest: float, lowest: float = LOWEST_RATE) -> float:
    """Half a cosine from ``highest`` at step 0 down to ``lowest`` at ``steps``."""
    return lowest + (highest - lowest) * (1 + math.cos(math.pi * step / steps)) / 2


class GLEANTraining(lightning.LightningModule):
    """Trains GLEAN, and the discriminator where there is one, by optimisers that it steps by hand.

    A batch is (small float (N, 3, in, in), real float (N, 3, out, out)), RGB in [-1, 1]. Each step
    betters the upscaler first, then the discriminator, by the losses of Chan et al. (2021, section 3.3):
    the vanilla GAN loss is ``softplus(-score)`` for the upscaler, and ``softplus(score)`` of the result
    plus ``softplus(-score)`` of the real picture for the discriminator. Frozen parts have no optimiser.

    ``done`` steps lie behind, ``optimiser_states`` are theirs. ``after_step`` is called with the number
    of steps done by then. Raises Diverged, a ValueError, where a loss is NaN or infinite.
    """

    def __init__(
        self,
        network: GLEAN,
        *,
        steps: int,
        learning_rate: float,
        weights: LossWeights,
        discriminator: nn.Module | None = None,
        features: nn.Module | None = None,
        precision: FullRangePrecision = "float32",
        done: int = 0,
        optimiser_states: Sequence[Mapping[str, object]] = (),
        after_step: Callable[[int, Losses], None] = lambda step, losses: None,
    ) -> None:
        super().__init__()
        self.automatic_optimization = False
        self.network, self.discriminator, self.features = network, discriminator, features
        self._steps, self._rate, self._weights, self._precision = steps, learning_rate, weights, precision
        self._done, self._after_step = done, after_step
        self._states = optimiser_states
        self.adams: list[Adam] = []
        # Loaded networks are ready to predict; none of these does anything else in training.
        self.train()

    def configure_optimizers(self) -> list[Adam]:
        parts = [self.network] if self.discriminator is None else [self.network, self.discriminator]
        self.adams = [Adam(learnable(part), lr=self._rate, betas=BETAS) for part in parts]
        for adam, state in zip(self.adams, self._states, strict=False):
            adam.load_state_dict(dict(state))
        return self.adams

    def training_step(self, batch: Batch, batch_idx: int) -> None:
        small, real = batch
        for adam in self.adams:
            for group in adam.param_groups:
                group["lr"] = learning_rate_at(self._done, self._steps, self._rate)
        optimisers = self._optimisers()
        losses, made = self._better_network(optimisers[0], small, real)
        if self.discriminator is not None:
            judged = self._better_discriminator(optimisers[1], self.discriminator, made, real)
            losses = Losses(**asdict(losses) | {"discriminator": judged})
        self._done += 1
        self._after_step(self._done, losses)

    def state(self, made_from: Mapping[str, str], history: Sequence[Mapping[str, float]]) -> TrainingState:
        """All that the next step hangs on. Raises Diverged where some of it is not finite.

        Losses are looked at before a step, so that they do not tell what it made of the weights.
        """
        judge = self.discriminator
        state = TrainingState(
            step=self._done,
            made_from=made_from,
            network=self.network.state_dict(),
            discriminator=judge.state_dict() if judge is not None else {},
            optimisers=[adam.state_dict() for adam in self.adams],
            history=history,
        )
        if broken := state.not_finite():
            raise Diverged(
                f"step {self._done}: expected finite weights, got others in the {broken}; start again with a "
                "lower --learning-rate or in --precision float32"
            )
        return state

    def _better_network(self, optimiser: Adam, small: Tensor, real: Tensor) -> tuple[Losses, Tensor]:
        weights = self._weights
        terms: dict[str, Tensor] = {}
        if self.discriminator is not None:
            # What it learns it learns from the real picture too, below.
            self.discriminator.requires_grad_(False)
        with self._mixed():
            made = self.network(small)
            if self.features is not None:
                terms["perceptual"] = feature_loss(self.features, made, real).float()
            if self.discriminator is not None:
                terms["adversarial"] = functional.softplus(-self.discriminator(made).float()).mean()
        made = made.float()
        terms["pixel"] = functional.mse_loss(made, real)
        total = torch.stack([getattr(weights, name) * term for name, term in terms.items()]).sum()
        losses = {name: float(term.detach()) for name, term in {"total": total, **terms}.items()}
        self._check(losses)
        self._step(optimiser, total)
        return Losses(**losses), made.detach()

    def _better_discriminator(
        self, optimiser: Adam, discriminator: nn.Module, made: Tensor, real: Tensor
    ) -> float:
        discriminator.requires_grad_(True)
        with self._mixed():
            scores = discriminator(made).float(), discriminator(real).float()
        loss = functional.softplus(scores[0]).mean() + functional.softplus(-scores[1]).mean()
        value = float(loss.detach())
        self._check({"discriminator": value})
        self._step(optimiser, loss)
        return value

    def _step(self, optimiser: Adam, loss: Tensor) -> None:
        optimiser.zero_grad()
        self.manual_backward(loss)
        optimiser.step()

    def _optimisers(self) -> list[Adam]:
        found = self.optimizers()
        return cast(list[Adam], found if isinstance(found, list) else [found])

    def _mixed(self) -> AbstractContextManager[object]:
        if self._precision == "float32":
            return nullcontext()
        return torch.autocast(self.device.type, torch.bfloat16)

    def _check(self, losses: Mapping[str, float]) -> None:
        if not all(math.isfinite(value) for value in losses.values()):
            told = ", ".join(f"{name} {value:.3g}" for name, value in losses.items())
            raise Diverged(
                f"step {self._done + 1}: expected finite losses, got {told}; start again with a lower "
                "--learning-rate or in --precision float32, or check the weights that were given"
            )


def learnable(part: nn.Module) -> list[nn.Parameter]:
    """The parameters that are not frozen."""
    return [value for value in part.parameters() if value.requires_grad]


def free_bank(network: GLEAN) -> None:
    """Let the bank learn along: all of it that bears on the result, which its mapping and colours do not."""
    bank = network.generator
    for part in (bank.constant_input, bank.conv1, bank.convs):
        part.requires_grad_(True)
