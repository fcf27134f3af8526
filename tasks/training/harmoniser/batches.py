"""Batches of tensors from pairs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch.utils.data import Dataset

from models.rainnet.training import RainNetBatch
from natocc.geometry import Image
from tasks.training.harmoniser.data.pairs import CompositePair, TrainingPairs

# Lowest matte level of a foreground pixel.
_FOREGROUND = 128


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


def _foreground(pair: CompositePair) -> Image:
    """Return the mask, uint8 (H, W, 1), 1 = foreground."""
    return (pair.matte >= _FOREGROUND).astype(np.uint8)[..., None]


def _stacked(images: list[Image]) -> torch.Tensor:
    """Stack pictures (H, W, C) to (N, C, H, W)."""
    return torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).contiguous()
