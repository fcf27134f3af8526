"""Pairs as batches of tensors, for any number of loader processes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from models.rainnet.training import Batch
from natocc.geometry import Image
from tasks.training.harmoniser.data.pairs import TrainingPairs

_HALF = 128


class Steps(Dataset[Batch]):
    """The batches of the steps ``first`` to ``steps`` - 1; each hangs on its step's number alone."""

    def __init__(self, pairs: TrainingPairs, *, first: int, steps: int) -> None:
        self._pairs, self._first, self._steps = pairs, first, steps

    def __len__(self) -> int:
        return self._steps - self._first

    def __iter__(self) -> Iterator[Batch]:
        return (self[index] for index in range(len(self)))

    def __getitem__(self, index: int) -> Batch:
        step = self._first + index
        pairs = self._pairs.batch(step)
        return Batch(
            step=step,
            composite=_pictures([pair.composite for pair in pairs]),
            real=_pictures([pair.real for pair in pairs]),
            mask=_pictures([(pair.matte >= _HALF).astype(np.uint8)[..., None] for pair in pairs]),
        )


def loaded(steps: Steps, loaders: int) -> Iterable[Batch]:
    """The batches in order, made by so many processes; 0: by this one."""
    if not loaders:
        return steps
    # Forked ones would inherit locks of this process's threads.
    return DataLoader(
        steps, batch_size=None, num_workers=loaders, multiprocessing_context="spawn", persistent_workers=True
    )


def _pictures(images: list[Image]) -> torch.Tensor:
    return torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).contiguous()
