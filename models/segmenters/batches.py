"""Pictures in memory, and batches for testing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor


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
