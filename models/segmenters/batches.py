"""Pictures in memory, and batches for training and testing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from models.segmenters.augment import apply_views, draw_views


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pictures:
    """``images``: uint8 (N, 3, H, W), RGB; ``masks``: uint8 (N, 1, H, W), 1 = visible face.

    ``faces``: the id of each picture's face, or nothing.
    """

    images: Tensor
    masks: Tensor
    faces: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.images)

    def chosen(self, numbers: list[int]) -> Pictures:
        """Return the pictures of these numbers."""
        faces = tuple(self.faces[number] for number in numbers) if self.faces else ()
        return Pictures(images=self.images[numbers], masks=self.masks[numbers], faces=faces)

    def take(self, indices: Tensor) -> tuple[Tensor, Tensor]:
        """Return a batch: images as float in [0, 1], masks unchanged."""
        return self.images[indices].float() / 255, self.masks[indices]


class TrainingBatches:
    """The batches of the steps ``first`` to ``steps`` - 1; each epoch has a new order.

    Each use of a picture draws a new view (models.segmenters.augment). Order and views depend only on
    ``seed``: a later ``first`` skips batches and leaves the others unchanged.

    ``batch`` counts the pictures of a step. The step's pictures are dealt to ``accumulate`` passes of
    ``world`` processes; a pass of ``rank`` is one item. Whatever their number, a step has the same pictures.
    """

    def __init__(
        self,
        pictures: Pictures,
        *,
        batch: int,
        steps: int,
        seed: int,
        first: int = 0,
        accumulate: int = 1,
        rank: int = 0,
        world: int = 1,
    ) -> None:
        if not len(pictures):
            raise ValueError("pictures: expected at least one to train on, got none")
        self._pictures, self._batch, self._seed = pictures, batch, seed
        self._first, self._steps = first, steps
        self._accumulate, self._rank, self._world = accumulate, rank, world

    def __len__(self) -> int:
        return (self._steps - self._first) * self._accumulate

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
                for number in range(self._accumulate):
                    part = slice(number * self._world + self._rank, None, self._accumulate * self._world)
                    yield apply_views(*self._pictures.take(indices[part]), views.part(part))


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
