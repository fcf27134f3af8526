"""Training of a segmenter: loss, optimiser and schedule."""

from __future__ import annotations

from typing import cast

import torch
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor, nn

from models.segmenters.losses.hard_binary import ohem_bce
from models.segmenters.network import FaceSegmenter
from models.training_module import TrainingModule, seed_of


class SegmenterTraining(TrainingModule):
    """Trains a network that predicts one logit per pixel.

    A batch is (images float (N, 3, H, W) in [0, 1], masks integer (N, 1, H, W), 1 = visible face).
    Dropout depends only on ``seed`` and the step's number.
    """

    def __init__(self, network: FaceSegmenter, *, learning_rate: float, steps: int, seed: int = 0) -> None:
        super().__init__(steps)
        # Channels-last memory is three times as fast on a CPU.
        self.network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._learning_rate, self._seed = learning_rate, seed

    def trained_networks(self) -> dict[str, nn.Module]:
        return {"network": self.network}

    def forward(self, images: Tensor) -> Tensor:
        return cast(Tensor, self.network(images.contiguous(memory_format=torch.channels_last)))

    def training_step(self, batch: tuple[Tensor, Tensor], batch_idx: int) -> Tensor:
        torch.manual_seed(seed_of(self._seed, "segmenter", f"dropout {self.step}"))
        images, masks = batch
        loss = ohem_bce(self(images), masks)
        self.check_finite(loss)
        self.finish_step({"ohem_bce": loss})
        return loss

    def configure_optimizers(self) -> OptimizerLRScheduler:
        optimiser = torch.optim.AdamW(self.parameters(), lr=self._learning_rate, weight_decay=1e-2)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimiser, max_lr=self._learning_rate, total_steps=self.steps, pct_start=0.1
        )
        return {"optimizer": optimiser, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}
