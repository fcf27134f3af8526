"""Pictures in memory, and batches for training and testing."""

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
        """Return a batch: images as float in [0, 1], masks unchanged."""
        return self.images[indices].float() / 255, self.masks[indices]


class TrainingBatches:
    """The batches of the steps ``first`` to ``steps`` - 1; each epoch has a new order.

    Each use of a picture draws a new view (models.segmenters.augment). Order and views depend only on
    ``seed``: a later ``first`` skips batches and leaves the others unchanged.
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
            # Also drawn for skipped steps, since all steps share one generator.
            views = draw_views(self._batch, generator)
            if step >= self._first:
                yield apply_views(*self._pictures.take(indices), views)


class TestBatches:
    """Batches of all pictures, once, in order, without augmentation."""

    __test__ = False  # pytest collects classes of this name otherwise

    def __init__(self, pictures: Pictures, *, batch: int) -> None:
        self._pictures, self._batch = pictures, batch

    def __len__(self) -> int:
        return -(-len(self._pictures) // self._batch)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        for indices in torch.split(torch.arange(len(self._pictures)), self._batch):
            yield self._pictures.take(indices)
