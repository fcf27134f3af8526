"""Something that happens after each step of a training."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from torch import Tensor

from models.training_module import TrainingModule


def after_each_step(monkeypatch: pytest.MonkeyPatch, action: Callable[[TrainingModule], None]) -> None:
    """Call ``action`` at the end of each step, before callbacks see the step."""
    finish = TrainingModule.finish_step

    def finish_and_act(self: TrainingModule, losses: Mapping[str, Tensor]) -> None:
        finish(self, losses)
        action(self)

    monkeypatch.setattr(TrainingModule, "finish_step", finish_and_act)
