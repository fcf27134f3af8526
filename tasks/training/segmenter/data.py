"""Pictures of a version and of a bank, in memory, for training and testing a segmenter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch

from assets.bank.reader import Bank
from models.segmenters.batches import Pictures
from shards.storage import sha256_bytes
from tasks.training.read_shards import Example, read_real, read_shards, real_shards, shard_urls


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TestSets:
    """``held_out``: the version's test pictures, or None; ``real``: the bank's occluded faces by data set.

    ``notes`` has a line for each set that is missing or truncated.
    """

    __test__ = False  # pytest collects classes of this name otherwise

    held_out: Pictures | None
    real: dict[str, Pictures]
    notes: tuple[str, ...]


def read_split(version_url: str, split: str, *, size: int, most: int) -> Pictures:
    """Read about ``most`` pictures of a version's split, taken evenly from its shards."""
    shards = len(shard_urls(version_url, split))
    return _in_memory(read_shards(version_url, split, size=size, per_shard=-(-most // max(shards, 1))), size)


def read_test_sets(version_url: str, bank_url: str | None, *, size: int, most: int) -> TestSets:
    """Read a version's split ``test``, and the first ``most`` faces of each data set of the bank."""
    held_out = read_split(version_url, "test", size=size, most=most)
    notes = [] if len(held_out) else ["no test on held-out faces: the version has none (split test)"]
    bank = Bank(bank_url) if bank_url else None
    shards = real_shards(bank) if bank else {}
    real: dict[str, Pictures] = {}
    for name, shard in shards.items():
        assert bank is not None  # noqa: S101 (it has the shards)
        if not shard.faces:
            notes.append(f"no test on {name}: {bank_url} has none of its faces")
            continue
        real[name] = _in_memory(islice(read_real(bank, name, size=size), most), size)
        if shard.faces > most:
            notes.append(f"{name}: tested on the first {most} of its {shard.faces} faces, see --max-samples")
    if not shards:
        missing = f"{bank_url} has none" if bank_url else "no bank was given"
        notes.append(f"no test on really occluded faces: {missing}")
    return TestSets(held_out=held_out if len(held_out) else None, real=real, notes=tuple(notes))


def hold_out(pictures: Pictures, share: float) -> tuple[Pictures, Pictures]:
    """Return the pictures to train on, and those of a ``share`` of the faces, for validation.

    A face is held out by the hash of its id, whatever the seed. At least one is, unless there is one alone or
    ``share`` is 0: then nothing is.
    """
    faces = sorted(set(pictures.faces), key=lambda face: sha256_bytes(face.encode()))
    count = max(1, round(share * len(faces))) if share and len(faces) > 1 else 0
    held = set(faces[:count])
    numbers: tuple[list[int], list[int]] = [], []
    for number, face in enumerate(pictures.faces):
        numbers[face in held].append(number)
    return pictures.chosen(numbers[0]), pictures.chosen(numbers[1])


def examples_sha256(pictures: Pictures) -> str:
    """Return the number of pictures and a hash over their pixels and masks."""
    hashes = [sha256_bytes(tensor.numpy().tobytes()) for tensor in (pictures.images, pictures.masks)]
    return f"{len(pictures)} sha256:{sha256_bytes(' '.join(hashes).encode())}"


def _in_memory(examples: Iterable[Example], size: int) -> Pictures:
    taken = list(examples)
    images = np.zeros((len(taken), 3, size, size), np.uint8)
    masks = np.zeros((len(taken), 1, size, size), np.uint8)
    for index, example in enumerate(taken):
        images[index] = example.image.transpose(2, 0, 1)
        masks[index, 0] = example.mask
    faces = tuple(example.face for example in taken)
    return Pictures(images=torch.from_numpy(images), masks=torch.from_numpy(masks), faces=faces)
