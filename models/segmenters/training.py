"""The network with its loss, optimiser and metrics, as Lightning drives it."""

from __future__ import annotations

from typing import cast

import lightning
import torch
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor, nn
from torchmetrics import MetricCollection

from models.segmenters.losses import ohem_bce
from models.segmenters.metrics import face_metrics, predicted_face

Batch = tuple[Tensor, Tensor]


class Segmenter(lightning.LightningModule):
    """Trains a network that gives one logit a pixel; tests it on one data set a name.

    A batch is (images float (N, 3, H, W) in [0, 1], masks integer (N, 1, H, W), 1 = visible face).
    Test figures are logged as ``<name>/face_iou`` and ``<name>/pixel_accuracy``.
    """

    def __init__(
        self, network: nn.Module, *, learning_rate: float, steps: int, test_names: tuple[str, ...] = ()
    ) -> None:
        super().__init__()
        # Channels last: three times as fast on a CPU.
        self.network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._learning_rate, self._steps = learning_rate, steps
        self.figures = nn.ModuleList(face_metrics(f"{name}/") for name in test_names)

    def forward(self, images: Tensor) -> Tensor:
        return cast(Tensor, self.network(images.contiguous(memory_format=torch.channels_last)))

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        images, masks = batch
        return ohem_bce(self(images), masks)

    def test_step(self, batch: Batch, batch_idx: int, dataloader_idx: int = 0) -> None:
        images, masks = batch
        figures = cast(MetricCollection, self.figures[dataloader_idx])
        figures.update(predicted_face(self(images)), masks.long())
        self.log_dict(figures, on_step=False, on_epoch=True, add_dataloader_idx=False)

    def configure_optimizers(self) -> OptimizerLRScheduler:
        optimiser = torch.optim.AdamW(self.parameters(), lr=self._learning_rate, weight_decay=1e-2)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimiser, max_lr=self._learning_rate, total_steps=self._steps, pct_start=0.1
        )
        return {"optimizer": optimiser, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}
