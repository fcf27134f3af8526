"""A training that is told to stop ends its step, writes its state and says where that is."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import lightning
from lightning.pytorch.utilities.exceptions import SIGTERMException

from shards import storage

SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Stopped(SystemExit):
    """The training was told to stop. The process exits as is usual then: 143 for SIGTERM, 130 for Ctrl-C."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code: int = code


class Stopping(lightning.Callback):
    """Between ``watched()`` and its end, SIGTERM and Ctrl-C stop a training after the step that runs.

    ``write`` writes the state to ``url`` and returns the number of steps that are done. A step is never
    broken off, since half of one is no state to go on from; a second Ctrl-C does so and leaves the
    state that was written last. Where signals can't be caught, outside the main thread, nothing changes.
    """

    def __init__(self, url: str, write: Callable[[], int]) -> None:
        self._url, self._write = url, write
        self._signal: int | None = None
        # Whether no step is running.
        self._between = True

    @contextmanager
    def watched(self) -> Iterator[None]:
        """While the trainer runs. Raises Stopped at the end, where it was told to stop."""
        with self._caught():
            try:
                yield
            except (SIGTERMException, RuntimeError) as error:
                # Processes that load batches are sent the signal too, and their end breaks the training off.
                if self._signal is None:
                    raise
                raise self._stopped() from error
        if self._signal is not None:
            raise self._stopped()

    def on_train_batch_start(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule, batch: object, batch_idx: int
    ) -> None:
        self._between = False

    def on_train_batch_end(
        self,
        trainer: lightning.Trainer,
        pl_module: lightning.LightningModule,
        outputs: object,
        batch: object,
        batch_idx: int,
    ) -> None:
        self._between = True
        if self._signal is not None:
            raise self._stopped(self._write())

    def on_exception(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule, exception: BaseException
    ) -> None:
        if self._signal is not None and self._between and not isinstance(exception, Stopped):
            self._write()

    def _stopped(self, step: int | None = None) -> Stopped:
        number = self._signal or signal.SIGTERM
        name = signal.Signals(number).name
        after = "" if step is None else f" after step {step}"
        if storage.exists(self._url):
            told = f"the state{after} is in {self._url}; the same command goes on from it"
        else:
            told = "no state was written yet; the same command begins anew"
        return Stopped(f"stopped by {name}: {told}", 128 + number)

    def _note(self, number: int, frame: FrameType | None) -> None:
        again = self._signal == number == signal.SIGINT
        self._signal = number
        if again:
            raise self._stopped()

    @contextmanager
    def _caught(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self._note) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                # None stands for a handler that was not set from Python, which can't be set again.
                signal.signal(number, signal.SIG_DFL if handler is None else handler)
