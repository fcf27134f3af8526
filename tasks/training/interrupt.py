"""Signals during a training: finish the step, write the state, report its location."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import lightning
from lightning.pytorch.utilities.exceptions import SIGTERMException

from models.training_module import TrainingModule
from tasks.training.checkpoint import CheckpointCallback
from tasks.training.step_callback import StepCallback
from tasks.workers import signals


class InterruptHandler(StepCallback):
    """Within ``watch()``, SIGINT, SIGTERM and SIGHUP stop the training after the current step.

    The checkpoint's state is written then. A step is finished first, since half a step cannot be resumed.
    A step that takes longer than a few seconds is given up, and a second signal stops at once: both leave
    the last written state. Outside the main thread Python cannot handle signals, and this class has no
    effect.
    """

    def __init__(self, checkpoint: CheckpointCallback) -> None:
        self._checkpoint = checkpoint
        self._between_steps = True
        # The last step in the state that was written because of a signal.
        self._written: int | None = None
        # The error of a failed write of the state.
        self._write_error: OSError | None = None

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Watch for signals while the trainer runs. Raises Interrupted at the end if a signal arrived."""
        with signals.handle_signals(), signals.kept(self._outcome), signals.deferred():
            try:
                yield
            except (SIGTERMException, RuntimeError, OSError) as error:
                # A signal to all processes also ends those that load batches, which stops the training.
                if error is self._write_error or not signals.arrives():
                    raise
                raise self._interrupted() from error
            if signals.received() is not None:
                raise self._interrupted()

    def on_train_batch_start(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule, batch: object, batch_idx: int
    ) -> None:
        self._between_steps = False

    def after_step(self, trainer: lightning.Trainer, module: TrainingModule) -> None:
        self._between_steps = True
        stopping = signals.received() is not None
        if trainer.world_size > 1:
            # Signals reach processes at different steps, and all have to end after the same one.
            stopping = trainer.strategy.reduce_boolean_decision(stopping, all=False)
        if stopping:
            self._write(trainer, module)
            raise self._interrupted(module.step)

    def on_exception(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule, exception: BaseException
    ) -> None:
        stopped = signals.received() is not None and not isinstance(exception, signals.Interrupted)
        if stopped and self._between_steps and trainer.world_size == 1:
            self._write(trainer, cast(TrainingModule, pl_module))

    def _write(self, trainer: lightning.Trainer, module: TrainingModule) -> None:
        try:
            self._checkpoint.write(trainer, module)
        except OSError as error:
            self._write_error = error
            raise

    def _interrupted(self, step: int | None = None) -> signals.Interrupted:
        self._written = step
        return signals.interrupted()

    def _outcome(self) -> str:
        """What is kept, and how to go on. Storage is not asked, since it may not answer."""
        url = self._checkpoint.url
        if self._write_error is not None:
            return f"the last steps could not be written: {self._write_error}; {self._fix()}"
        if not self._checkpoint.has_state:
            return "no state was written yet; run the same command again to start from the beginning"
        after = "" if self._written is None else f" after step {self._written}"
        return f"the state{after} is in {url}; run the same command again to resume"

    def _fix(self) -> str:
        before = f"the state before is in {self._checkpoint.url}"
        earlier = before if self._checkpoint.has_state else "there is no earlier state"
        return f"{earlier}; fix this and run the same command again"
