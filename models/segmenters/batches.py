"""Pictures held in memory, and the batches that a network is trained and tested on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from models.segmenters.augment import apply_views, draw_views


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
    """The batches of the steps ``first`` to ``steps`` - 1, each pass over the pictures in a new order.

    Each time a picture comes it is seen in another view (models.segmenters.augment). Order and views
    depend on ``seed`` alone: a later ``first`` gives the same batches, less the ones before it.
    """

    def __init__(self, pictures: Pictures, *, batch: int, steps: int, seed: int, first: int = 0) -> None:
        if not len(pictures):
            raise ValueError("pictures: expected at least one to train on, got none")
        self._pictures, self._batch, self._seed = pictures, batch, seed
        self._first, self._steps = first, steps

    def __len__(self) -> int:
        return self._steps - self._first

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        generator = torch.Generator().manual_seed(self._seed)
        waiting = torch.empty(0, dtype=torch.long)
        for step in range(self._steps):
            while len(waiting) < self._batch:
                waiting = torch.cat([waiting, torch.randperm(len(self._pictures), generator=generator)])
            indices, waiting = waiting[: self._batch], waiting[self._batch :]
            # Drawn for skipped steps too, as one generator serves all steps.
            views = draw_views(self._batch, generator)
            if step >= self._first:
                yield apply_views(*self._pictures.take(indices), views)


class TestBatches:
    """The pictures once, in order, as they are."""

    __test__ = False  # pytest collects classes of this name otherwise

    def __init__(self, pictures: Pictures, *, batch: int) -> None:
        self._pictures, self._batch = pictures, batch

    def __len__(self) -> int:
        return -(-len(self._pictures) // self._batch)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        for indices in torch.split(torch.arange(len(self._pictures)), self._batch):
            yield self._pictures.take(indices)
