"""A callback of the trainer after every step."""

from __future__ import annotations

from typing import cast

import lightning

from models.training_module import TrainingModule


class StepCallback(lightning.Callback):
    """Calls ``after_step`` with the trained module; Lightning's own hook takes more than that."""

    def after_step(self, trainer: lightning.Trainer, module: TrainingModule) -> None:
        raise NotImplementedError

    def on_train_batch_end(
        self,
        trainer: lightning.Trainer,
        pl_module: lightning.LightningModule,
        outputs: object,
        batch: object,
        batch_idx: int,
    ) -> None:
        # Passes whose gradients are accumulated are one step.
        if (batch_idx + 1) % trainer.accumulate_grad_batches == 0:
            self.after_step(trainer, cast(TrainingModule, pl_module))
