from __future__ import annotations

import lightning
import pytest

from models.training_module import TrainingModule
from tasks.training.fit import new_trainer
from tasks.training.step_callback import StepCallback
from tests.tasks.training.test_checkpoint import Lines, LineTraining


# ``fit`` suppresses it, for all trainings.
@pytest.mark.filterwarnings("ignore:.*LeafSpec:FutureWarning")
def test_it_is_called_after_every_step_with_the_module() -> None:
    calls: list[tuple[int, bool]] = []

    class Record(StepCallback):
        def after_step(self, trainer: lightning.Trainer, module: TrainingModule) -> None:
            calls.append((module.step, module is training))

    training = LineTraining(3)
    new_trainer("cpu", callbacks=[Record()]).fit(training, Lines(3))
    assert calls == [(1, True), (2, True), (3, True)]
