"""Handle SIGTERM and Ctrl-C during a training: finish the step, write the state, report its location."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import cast

import lightning
from lightning.pytorch.utilities.exceptions import SIGTERMException

from models.training_module import TrainingModule
from shards import storage
from tasks.training.checkpoint import CheckpointCallback
from tasks.training.step_callback import StepCallback

SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Interrupted(SystemExit):
    """A signal stopped the training. The exit code is 143 for SIGTERM and 130 for Ctrl-C, as usual."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code: int = code


class InterruptHandler(StepCallback):
    """Within ``watch()``, SIGTERM and Ctrl-C stop the training after the current step.

    The checkpoint's state is written then. A step is finished first, since half a step cannot be resumed.
    A second Ctrl-C stops at once and leaves the last written state. Outside the main thread Python
    cannot handle signals, and this class has no effect.
    """

    def __init__(self, checkpoint: CheckpointCallback) -> None:
        self._checkpoint = checkpoint
        self._signal: int | None = None
        self._between_steps = True
        # The error of a failed write of the state.
        self._write_error: OSError | None = None

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Watch for signals while the trainer runs. Raises Interrupted at the end if a signal arrived."""
        with self._handlers():
            try:
                yield
            except (SIGTERMException, RuntimeError, OSError) as error:
                # The signal also ends the processes that load batches, which stops the training.
                if self._signal is None or error is self._write_error:
                    raise
                raise self._interrupted() from error
        if self._signal is not None:
            raise self._interrupted()

    def on_train_batch_start(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule, batch: object, batch_idx: int
    ) -> None:
        self._between_steps = False

    def after_step(self, trainer: lightning.Trainer, module: TrainingModule) -> None:
        self._between_steps = True
        if self._signal is not None:
            self._write(trainer, module)
            raise self._interrupted(module.step)

    def on_exception(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule, exception: BaseException
    ) -> None:
        if self._signal is not None and self._between_steps and not isinstance(exception, Interrupted):
            self._write(trainer, cast(TrainingModule, pl_module))

    def _write(self, trainer: lightning.Trainer, module: TrainingModule) -> None:
        try:
            self._checkpoint.write(trainer, module)
        except OSError as error:
            self._write_error = error
            raise

    def _interrupted(self, step: int | None = None) -> Interrupted:
        number = self._signal or signal.SIGTERM
        url = self._checkpoint.url
        if storage.exists(url):
            after = "" if step is None else f" after step {step}"
            outcome = f"the state{after} is in {url}; run the same command again to resume"
        else:
            outcome = "no state was written yet; run the same command again to start from the beginning"
        return Interrupted(f"stopped by {signal.Signals(number).name}: {outcome}", 128 + number)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        second_interrupt = self._signal == number == signal.SIGINT
        self._signal = number
        if second_interrupt:
            raise self._interrupted()

    @contextmanager
    def _handlers(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self._on_signal) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                # None: the handler was not set from Python and cannot be restored.
                signal.signal(number, signal.SIG_DFL if handler is None else handler)
