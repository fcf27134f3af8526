"""What trainings share: Lightning's trainer without its own talk, files and warnings."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import lightning

from natocc.machine import Device


def new_trainer(
    steps: int, device: Device, progress: bool, callbacks: Sequence[lightning.Callback] = ()
) -> lightning.Trainer:
    """A trainer of one device that stops after ``steps`` steps of the optimisers and keeps no files.

    Optimisers that a module steps by hand are counted each.
    """
    # Its greetings and tips are no part of the report.
    logging.getLogger("lightning.pytorch").setLevel(logging.WARNING)
    return lightning.Trainer(
        accelerator=device,
        devices=1,
        max_steps=steps,
        max_epochs=1,
        deterministic=True,
        logger=False,
        enable_checkpointing=False,
        enable_model_summary=False,
        enable_progress_bar=progress,
        use_distributed_sampler=False,
        callbacks=list(callbacks),
    )


@contextmanager
def without_lightnings_own_warning() -> Iterator[None]:
    """Lightning 2.6 uses a class that torch 2.13 calls deprecated; no caller can mend that."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"`isinstance\(treespec, LeafSpec\)`", FutureWarning)
        yield
