"""Train any network with Lightning's trainer, checkpoints, interrupts and clear errors."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import lightning
import torch

from models.device import choose_device
from models.not_finite import Diverged
from models.training_module import TrainingModule
from natocc.machine import FullRangePrecision
from natocc.occluders.bank_files import BadBank
from shards import storage
from tasks.progress import OnProgress, ignore_progress
from tasks.training.checkpoint import CheckpointCallback
from tasks.training.interrupt import InterruptHandler
from tasks.training.ranks import ONE_PROCESS, Ranks
from tasks.training.step_callback import StepCallback

_PRECISIONS: dict[str, Literal["32-true", "bf16-mixed"]] = {"float32": "32-true", "bfloat16": "bf16-mixed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """What a training runs with, besides its device."""

    ranks: Ranks = ONE_PROCESS
    precision: FullRangePrecision = "float32"
    # Batches whose gradients are averaged into one step; the module counts the last of them as the step.
    accumulate: int = 1
    # Whether an operation that hangs on the order of sums is an error, or a warning.
    deterministic: bool = True


def fit(
    module: TrainingModule,
    batches: Iterable[object],
    checkpoint: CheckpointCallback,
    *,
    device: str,
    on_progress: OnProgress = ignore_progress,
    callbacks: Sequence[StepCallback] = (),
    resources: Resources = Resources(),
) -> None:
    """Train ``module`` from its current step on ``batches``, one for each remaining step.

    If there was a state, ``checkpoint`` has already resumed the module from it. The global random state of
    the CPU is restored afterwards. ``on_progress`` counts steps. ``callbacks`` come before the
    state is written.

    Raises Diverged if losses or weights are not finite, ValueError if the device's memory is too
    small, BadBank if the bank that it reads is damaged or changes, and Interrupted, a SystemExit, after
    a signal.
    """
    if module.step == module.steps:
        return
    on_progress(module.step, module.steps)
    interrupt = InterruptHandler(checkpoint)
    callbacks = [*callbacks, checkpoint, _Progress(on_progress), interrupt]
    trainer = new_trainer(device, callbacks=callbacks, resources=resources)
    with _without_lightning_warning(), torch.random.fork_rng(devices=[]), interrupt.watch():
        try:
            trainer.fit(module, batches)
        except Diverged as error:
            raise Diverged(f"{error}; {_remains(checkpoint.url)}") from error
        except BadBank as error:
            # A process that loads batches gives the whole traceback as the message.
            raise BadBank(str(error).rstrip().rpartition("BadBank: ")[2]) from error
        except torch.OutOfMemoryError as error:
            raise ValueError(
                f"--batch: expected a batch that fits into the device's memory, got one that does not; "
                f"{module.if_out_of_memory} and another --out"
            ) from error


def new_trainer(
    device: str, *, callbacks: Sequence[lightning.Callback] = (), resources: Resources = Resources()
) -> lightning.Trainer:
    """Return a trainer for one pass over the batches; it writes no files."""
    # Lightning's start-up messages and tips would clutter the output.
    for name in ("lightning.pytorch", "lightning.fabric"):
        logging.getLogger(name).setLevel(logging.WARNING)
    accelerator, ranks = choose_device(device), resources.ranks
    return lightning.Trainer(
        accelerator=accelerator,
        devices=ranks.local,
        num_nodes=ranks.world // ranks.local,
        strategy="ddp" if ranks.world > 1 else "auto",
        # Without, batch norm depends on the process's share of the batch.
        sync_batchnorm=ranks.world > 1 and accelerator != "cpu",
        precision=_PRECISIONS[resources.precision],
        accumulate_grad_batches=resources.accumulate,
        max_epochs=1,
        deterministic=True if resources.deterministic else "warn",
        logger=False,
        enable_checkpointing=False,
        enable_model_summary=False,
        enable_progress_bar=False,
        use_distributed_sampler=False,
        callbacks=list(callbacks),
    )


class _Progress(StepCallback):
    """Reports the number of finished steps, including resumed steps."""

    def __init__(self, on_progress: OnProgress) -> None:
        self._on_progress = on_progress

    def after_step(self, trainer: lightning.Trainer, module: TrainingModule) -> None:
        self._on_progress(module.step, module.steps)


def _remains(url: str) -> str:
    if storage.exists(url):
        return f"the last state is still in {url}, so other options need another --out"
    return "no state was written"


@contextmanager
def _without_lightning_warning() -> Iterator[None]:
    """Suppress warnings of Lightning 2.6: of a class that torch 2.13 deprecates, and of frozen norms."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"`isinstance\(treespec, LeafSpec\)`", FutureWarning)
        # Norms that keep their statistics are in eval mode on purpose.
        warnings.filterwarnings("ignore", r"Found \d+ module\(s\) in eval mode")
        # Channels-last weights keep their layout; only the gradients' buckets are copied.
        warnings.filterwarnings("ignore", "Grad strides do not match bucket view strides", UserWarning)
        yield
