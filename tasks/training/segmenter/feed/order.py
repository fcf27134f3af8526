"""Which samples come when: every epoch another order, the same whatever the number of processes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from models.training_module import seed_of

# Files whose samples are mixed with each other; of a bucket they are held in memory.
_GROUP = 4
_STREAM = "segmenter feed"


class EpochOrder:
    """Positions in an endless row of epochs, and the sample at each.

    Of a sample of weight w, floor(w) copies are in every epoch, and one more in a share of w - floor(w) of
    the epochs, so that all epochs are equally long. Files are shuffled, then the samples of four files with
    each other.
    """

    def __init__(self, files: Sequence[int], weights: Sequence[float], seed: int) -> None:
        """``files``: the number of each sample's file; ``weights``: how often it comes in an epoch."""
        self._files, self._seed = np.asarray(files, np.int64), seed
        given = np.asarray(weights, np.float64)
        self._whole = np.floor(given).astype(np.int64)
        rest = given - self._whole
        self._copied = bool(given.max(initial=0) > 1)
        # Of all samples of one fraction, the same number is taken in every epoch.
        self._fractions = [
            (np.flatnonzero(rest == value), math.floor(value * np.count_nonzero(rest == value) + 0.5))
            for value in np.unique(rest[rest > 0])
        ]
        self.length = int(self._whole.sum()) + sum(count for _, count in self._fractions)
        if self.length == 0:
            raise ValueError("weights: expected samples that come in an epoch, got none; use larger weights")
        whole_or_part = self._whole > 0
        for samples, count in self._fractions:
            whole_or_part[samples] |= count > 0
        # Numbers of the samples that come in no epoch: too few of a small weight.
        self.never = tuple(np.flatnonzero(~whole_or_part).tolist())
        self._epoch = lru_cache(maxsize=2)(self._shuffled)

    def __getitem__(self, position: int) -> int:
        """The number of the sample at a position, from 0 on."""
        epoch, place = divmod(position, self.length)
        return int(self._epoch(epoch)[place])

    def turn(self, position: int) -> tuple[int, int]:
        """The epoch of a position, and how many copies of its sample come before it in that epoch."""
        epoch, place = divmod(position, self.length)
        if not self._copied:
            return epoch, 0
        shuffled = self._epoch(epoch)
        return epoch, int(np.count_nonzero(shuffled[:place] == shuffled[place]))

    def _shuffled(self, epoch: int) -> NDArray[np.int64]:
        rng = np.random.default_rng(seed_of(self._seed, _STREAM, f"epoch {epoch}"))
        copies = self._whole.copy()
        for samples, count in self._fractions:
            copies[rng.permutation(samples)[:count]] += 1
        taken = np.repeat(np.arange(len(copies)), copies)
        numbers = np.unique(self._files)
        # The place of each file among the shuffled ones.
        places = np.empty(len(numbers), np.int64)
        places[rng.permutation(len(numbers))] = np.arange(len(numbers))
        groups = places[np.searchsorted(numbers, self._files[taken])] // _GROUP
        shuffled = rng.permutation(len(taken))
        return taken[shuffled[np.argsort(groups[shuffled], kind="stable")]]
