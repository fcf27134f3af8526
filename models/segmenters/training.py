"""Training of a segmenter: its steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

import torch
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor, nn

from models.segmenters.network import FaceSegmenter
from models.training_module import TrainingModule, seed_of

# From the scores of all heads, the main one first, and labels (N, H, W) to a scalar.
SegmenterLoss = Callable[[Sequence[Tensor], Tensor], Tensor]
# From the network and the number of steps to optimiser and learning rates.
Optimise = Callable[[FaceSegmenter, int], OptimizerLRScheduler]


class SegmenterTraining(TrainingModule):
    """Trains a network by a loss and an optimiser.

    A batch is (images float (N, 3, H, W) in [0, 1], labels integer (N, H, W) or (N, 1, H, W), 255 =
    ignored). ``accumulate`` batches are one step. Dropout depends only on ``seed``, the step's number, the
    batch's number in it and the process. ``frozen_norms``: batch norms keep their statistics.
    """

    def __init__(
        self,
        network: FaceSegmenter,
        *,
        steps: int,
        loss: SegmenterLoss,
        optimise: Optimise,
        seed: int = 0,
        accumulate: int = 1,
        frozen_norms: bool = False,
    ) -> None:
        super().__init__(steps)
        # Channels-last memory is three times as fast on a CPU.
        self.network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._loss, self._optimise, self._seed = loss, optimise, seed
        self._accumulate, self._frozen_norms = accumulate, frozen_norms
        # Losses of the step's batches so far.
        self._passes: list[Tensor] = []
        # The batch whose loss was not finite.
        self.failed_batch: tuple[Tensor, Tensor] | None = None
        # The trainer leaves the modes as they are.
        self.train()

    def trained_networks(self) -> dict[str, nn.Module]:
        return {"network": self.network}

    def train(self, mode: bool = True) -> SegmenterTraining:
        super().train(mode)
        if self._frozen_norms:
            for module in batch_norms(self.network):
                module.eval()
        return self

    def forward(self, images: Tensor) -> Tensor:
        return cast(Tensor, self.network(images.contiguous(memory_format=torch.channels_last)))

    def training_step(self, batch: tuple[Tensor, Tensor], batch_idx: int) -> Tensor:
        place = f"{self.step} {len(self._passes)} {self.global_rank}" if self._divided() else str(self.step)
        torch.manual_seed(seed_of(self._seed, "segmenter", f"dropout {place}"))
        images, labels = batch
        labels = labels[:, 0] if labels.ndim == 4 else labels
        scores = self.network.training_scores(images.contiguous(memory_format=torch.channels_last))
        loss = self._loss(scores, labels)
        if not bool(loss.detach().isfinite()):
            self.failed_batch = images, labels
        mean = loss.detach()
        if self._trainer is not None and self.trainer.world_size > 1:
            # All processes learn of one that diverges.
            mean = cast(Tensor, self.trainer.strategy.reduce(mean.clone(), reduce_op="mean"))
        self.check_finite(mean)
        self._passes.append(mean)
        if len(self._passes) == self._accumulate:
            self.finish_step({"loss": torch.stack(self._passes).mean()})
            self._passes = []
        return loss

    def configure_optimizers(self) -> OptimizerLRScheduler:
        return self._optimise(self.network, self.steps)

    def _divided(self) -> bool:
        return self._accumulate > 1 or (self._trainer is not None and self.trainer.world_size > 1)


def batch_norms(network: nn.Module) -> list[nn.Module]:
    """Return the modules whose training depends on a whole batch."""
    return [module for module in network.modules() if isinstance(module, nn.modules.batchnorm._BatchNorm)]
