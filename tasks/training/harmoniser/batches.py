"""Batches of tensors from pairs, with any number of loader processes."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from models.rainnet.training import RainNetBatch
from natocc.geometry import Image
from tasks.training.harmoniser.data.pairs import CompositePair, TrainingPairs
from tasks.workers.process import WorkerTrace, decode_error, encode_error, leave_terminal, starting_children

# Lowest matte level of a foreground pixel.
_FOREGROUND = 128


@dataclass(frozen=True, slots=True)
class _Failed:
    """An error in a loader process. torch would raise another one, with the traceback as its message."""

    error: bytes
    trace: str


class HarmoniserBatches(Dataset[RainNetBatch]):
    """The batches of the steps ``first`` to ``steps`` - 1; each depends only on its step's number."""

    def __init__(self, pairs: TrainingPairs, *, first: int, steps: int) -> None:
        self._pairs, self._first, self._steps = pairs, first, steps

    def __len__(self) -> int:
        return self._steps - self._first

    def __iter__(self) -> Iterator[RainNetBatch]:
        return (self[index] for index in range(len(self)))

    def __getitem__(self, index: int) -> RainNetBatch:
        pairs = self._pairs.batch(self._first + index)
        return RainNetBatch(
            composite=_stacked([pair.composite for pair in pairs]),
            real=_stacked([pair.real for pair in pairs]),
            mask=_stacked([_foreground(pair) for pair in pairs]),
        )


def load_batches(batches: HarmoniserBatches, loaders: int) -> Iterable[RainNetBatch]:
    """Return the batches in order, loaded by ``loaders`` processes; 0: by the current process."""
    if not loaders:
        return batches
    # Forked processes would inherit locks held by threads of this process.
    loader = DataLoader(
        _Guarded(batches),
        batch_size=None,
        num_workers=loaders,
        multiprocessing_context="spawn",
        worker_init_fn=_start_loader,
    )
    return _LoadedBatches(loader)


class _Guarded(Dataset[RainNetBatch | _Failed]):
    """The batches in a loader process; an error of an input is a batch too."""

    def __init__(self, batches: HarmoniserBatches) -> None:
        self._batches = batches

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, index: int) -> RainNetBatch | _Failed:
        try:
            return self._batches[index]
        except Exception as error:
            return _Failed(encode_error(error), traceback.format_exc())


class _LoadedBatches:
    """A loader whose processes end with this one, and do not see a terminal's Ctrl-C."""

    def __init__(self, loader: DataLoader[RainNetBatch | _Failed]) -> None:
        self._loader = loader

    def __len__(self) -> int:
        return len(self._loader)

    def __iter__(self) -> Iterator[RainNetBatch]:
        with starting_children():
            loaded = iter(self._loader)
        return map(_raised, loaded)


def _raised(batch: RainNetBatch | _Failed) -> RainNetBatch:
    """The batch, or its error raised."""
    if isinstance(batch, _Failed):
        raise decode_error(batch.error) from WorkerTrace(batch.trace)
    return batch


def _start_loader(number: int) -> None:
    leave_terminal()


def _foreground(pair: CompositePair) -> Image:
    """Return the mask, uint8 (H, W, 1), 1 = foreground."""
    return (pair.matte >= _FOREGROUND).astype(np.uint8)[..., None]


def _stacked(images: list[Image]) -> torch.Tensor:
    """Stack pictures (H, W, C) to (N, C, H, W)."""
    return torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).contiguous()
