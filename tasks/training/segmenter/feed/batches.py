"""Batches of the steps of a training, made one by one, in this process or others."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from models.training_module import seed_of
from tasks.training.loading import load_items
from tasks.training.segmenter.feed.occlusion.drawn import DrawnOcclusion
from tasks.training.segmenter.feed.open import Feed
from tasks.training.segmenter.feed.order import EpochOrder
from tasks.training.segmenter.feed.reading.decode import LabelledPicture
from tasks.training.segmenter.feed.views.named import augmentation_named

Batch = tuple[Tensor, Tensor]


class FeedBatches:
    """The batches of the steps ``first`` to ``steps`` - 1: (images float32 (n, 3, S, S) in [0, 1], labels
    int64 (n, S, S), 255 where none counts).

    ``batch`` counts the pictures of a step, over all processes. They are dealt to ``accumulate`` passes of
    ``world`` processes; a pass of ``rank`` is one item. Order and views depend on ``seed`` and on a picture's
    place in the training alone: not on the number of processes, nor of ``loaders``, the processes that
    decode. ``occlusion`` is drawn before the augmentation, by epoch and sample.
    """

    def __init__(
        self,
        feed: Feed,
        *,
        augmentation: str,
        batch: int,
        steps: int,
        seed: int,
        first: int = 0,
        accumulate: int = 1,
        rank: int = 0,
        world: int = 1,
        loaders: int = 0,
        occlusion: DrawnOcclusion | None = None,
    ) -> None:
        self._passes = _Passes(feed, occlusion, augmentation, batch, seed, accumulate, rank, world)
        self._feed, self._positions = feed, range(first * batch, steps * batch)
        self._range = range(first * accumulate, steps * accumulate)
        self._loaders = loaders

    def __len__(self) -> int:
        return len(self._range)

    def compare_shards(self) -> None:
        """Compare the shards of these batches with their hashes, so that other processes need not.

        Raises BadShard for a damaged or missing shard.
        """
        order, training = self._passes.order(), self._feed.training
        if len(self._positions) < order.length:
            training = tuple(training[order[position]] for position in self._positions)
        self._feed.reader.compare(one.file for one in training)

    def __iter__(self) -> Iterator[Batch]:
        if self._loaders:
            self.compare_shards()
        passes = _From(self._passes, self._range)
        yield from load_items(passes, self._loaders)


class _Passes:
    """A pass by its number."""

    def __init__(
        self,
        feed: Feed,
        occlusion: DrawnOcclusion | None,
        augmentation: str,
        batch: int,
        seed: int,
        accumulate: int,
        rank: int,
        world: int,
    ) -> None:
        augmentation_named(augmentation)
        self._feed, self._occlusion = feed, occlusion
        self._augmentation, self._batch, self._seed = augmentation, batch, seed
        self._accumulate, self._rank, self._world = accumulate, rank, world

    def read(self, number: int, order: EpochOrder) -> Batch:
        step, part = divmod(number, self._accumulate)
        dealt = range(part * self._world + self._rank, self._batch, self._accumulate * self._world)
        augment = augmentation_named(self._augmentation)
        images, labels = [], []
        for place in dealt:
            position = step * self._batch + place
            picture = self._read(position, order)
            rng = np.random.default_rng(seed_of(self._seed, "segmenter views", str(position)))
            viewed = augment(picture, self._feed.target, rng)
            images.append(viewed.image)
            labels.append(viewed.label)
        # In channels-last memory, as networks take them.
        pixels = torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).float().div_(255)
        return pixels, torch.from_numpy(np.stack(labels)).long()

    def _read(self, position: int, order: EpochOrder) -> LabelledPicture:
        """The picture at a position, occluded if that is drawn."""
        sample = self._feed.training[order[position]]
        picture = self._feed.read(sample)
        if self._occlusion is None:
            return picture
        epoch, copy = order.turn(position)
        turn = f"epoch {epoch} copy {copy} {self._feed.name_of(sample)}"
        return self._occlusion.occlude(picture, sample, turn)

    def order(self) -> EpochOrder:
        return self._feed.order(self._seed)


class _From(Dataset[Batch]):
    """The passes of a range, as torch's loader asks for them."""

    def __init__(self, passes: _Passes, numbers: range) -> None:
        self._passes, self._numbers = passes, numbers
        self._order: EpochOrder | None = None

    def __getstate__(self) -> dict[str, object]:
        # Orders are made again in each process.
        return {**self.__dict__, "_order": None}

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, index: int) -> Batch:
        if index >= len(self._numbers):
            raise IndexError(index)
        if self._order is None:
            self._order = self._passes.order()
        return self._passes.read(self._numbers[index], self._order)
