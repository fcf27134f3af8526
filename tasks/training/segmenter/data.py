"""The pictures that a segmenter is tested on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch

from assets.bank.reader import Bank
from models.segmenters.batches import Pictures
from tasks.training.read_shards import Example, read_real, real_shards
from tasks.training.segmenter.feed.in_memory import pictures_of
from tasks.training.segmenter.feed.open import Feed


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TestSets:
    """``held_out``: test pictures of the data, or None; ``real``: the bank's occluded faces by data set.

    ``notes`` has a line for each set that is missing or truncated.
    """

    __test__ = False  # pytest collects classes of this name otherwise

    held_out: Pictures | None
    real: dict[str, Pictures]
    notes: tuple[str, ...]


def read_test_sets(feed: Feed, bank_url: str | None, *, most: int) -> TestSets:
    """Read the feed's split ``test``, and the first ``most`` faces of each data set of the bank."""
    held_out = pictures_of(feed, feed.testing, most)
    notes = [] if len(held_out) else ["no test on held-out faces: the data have none (split test)"]
    bank = Bank(bank_url) if bank_url else None
    shards = real_shards(bank) if bank else {}
    real: dict[str, Pictures] = {}
    for name, shard in shards.items():
        assert bank is not None  # noqa: S101 (it has the shards)
        if not shard.faces:
            notes.append(f"no test on {name}: {bank_url} has none of its faces")
            continue
        real[name] = _in_memory(islice(read_real(bank, name, size=feed.size), most), feed.size)
        if shard.faces > most:
            notes.append(f"{name}: tested on the first {most} of its {shard.faces} faces, see --max-samples")
    if not shards:
        missing = f"{bank_url} has none" if bank_url else "no bank was given"
        notes.append(f"no test on really occluded faces: {missing}")
    return TestSets(held_out=held_out if len(held_out) else None, real=real, notes=tuple(notes))


def _in_memory(examples: Iterable[Example], size: int) -> Pictures:
    taken = list(examples)
    images = np.zeros((len(taken), 3, size, size), np.uint8)
    masks = np.zeros((len(taken), 1, size, size), np.uint8)
    for index, example in enumerate(taken):
        images[index] = example.image.transpose(2, 0, 1)
        masks[index, 0] = example.mask
    return Pictures(images=torch.from_numpy(images), masks=torch.from_numpy(masks))
