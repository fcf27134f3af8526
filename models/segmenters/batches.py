"""Pictures held in memory, and the batches that a network is trained and tested on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from models.segmenters.augment import jitter


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pictures:
    """``images``: uint8 (N, 3, H, W), RGB; ``masks``: uint8 (N, 1, H, W), 1 = visible face."""

    images: Tensor
    masks: Tensor

    def __len__(self) -> int:
        return len(self.images)

    def take(self, indices: Tensor) -> tuple[Tensor, Tensor]:
        """A batch: images float in [0, 1], masks as they are."""
        return self.images[indices].float() / 255, self.masks[indices]


class TrainingBatches:
    """``steps`` batches that go through the pictures again and again, each time in a new order.

    Each time a picture comes it is another view of it (models.segmenters.augment). Order and views follow
    from ``seed`` alone, so each iteration gives the same batches.
    """

    def __init__(self, pictures: Pictures, *, batch: int, steps: int, seed: int) -> None:
        if not len(pictures):
            raise ValueError("pictures: expected at least one to train on, got none")
        self._pictures, self._batch, self._steps, self._seed = pictures, batch, steps, seed

    def __len__(self) -> int:
        return self._steps

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        generator = torch.Generator().manual_seed(self._seed)
        waiting = torch.empty(0, dtype=torch.long)
        for _ in range(self._steps):
            while len(waiting) < self._batch:
                waiting = torch.cat([waiting, torch.randperm(len(self._pictures), generator=generator)])
            images, masks = self._pictures.take(waiting[: self._batch])
            waiting = waiting[self._batch :]
            yield jitter(images, masks, generator)


class TestBatches:
    """The pictures once, in order, as they are."""

    __test__ = False  # not a test case, whatever its name suggests to a collector

    def __init__(self, pictures: Pictures, *, batch: int) -> None:
        self._pictures, self._batch = pictures, batch

    def __len__(self) -> int:
        return -(-len(self._pictures) // self._batch)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        for indices in torch.split(torch.arange(len(self._pictures)), self._batch):
            yield self._pictures.take(indices)
