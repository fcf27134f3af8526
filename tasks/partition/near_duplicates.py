"""Near-duplicates across splits: pictures of the test split that training has too, nearly."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain

import cv2
import numpy as np

from assets.bank.reader import METADATA, Bank, Entry
from assets.bank.splits import SourceName, name_groups, names_of
from natocc.geometry import Image
from natocc.kinds import ENTRY_KINDS, FACE
from natocc.occluders.bank_files import REPAIR_BANK
from tasks.partition.close_pairs import close_pairs
from tasks.partition.picture_hash import PictureHash, hash_picture, likeness
from tasks.progress import OnProgress, ProgressCounter, ignore_progress
from tasks.workers.pool import batched

# Bits of 63 by which candidates differ, the correlation from which they are one picture, and how far aspects
# may differ (as a logarithm). Measured: docs/raw-data.md, Near-duplicates.
MOST_BITS, LEAST_LIKENESS, _MOST_ASPECT = 14, 0.85, 0.1
# Pictures are decoded at an eighth of their size, or at the next larger size with sides of this length.
_DECODED = 64
_REDUCED = (
    cv2.IMREAD_REDUCED_GRAYSCALE_8,
    cv2.IMREAD_REDUCED_GRAYSCALE_4,
    cv2.IMREAD_REDUCED_GRAYSCALE_2,
    cv2.IMREAD_GRAYSCALE,
)
# The ground of cut-outs.
_GREY = 128
_AT_A_TIME = 64
# Members of an entry.
_PICTURE, _ALPHA = "jpg", "alpha.png"


@dataclass(frozen=True, slots=True, kw_only=True)
class NearDuplicate:
    """A picture of the test split, and one of the same kind in training that looks like it."""

    kind: str
    test: str
    train: str
    likeness: float
    mirrored: bool

    def __str__(self) -> str:
        how = " mirrored" if self.mirrored else ""
        return f"{self.kind} {self.test} in test looks like {self.train}{how} in train ({self.likeness:.2f})"


def find_near_duplicates(
    bank: Bank,
    splits: Mapping[str, str],
    *,
    workers: int = 2,
    on_progress: OnProgress = ignore_progress,
) -> tuple[NearDuplicate, ...]:
    """Near-duplicates among faces and among occluders of each kind, the most alike first.

    ``splits`` are those of faces, by id, where they differ from the bank's. Really occluded faces belong to
    the test split. What is known to be one photograph is a leak, which ``find_leaks`` tells, and is left out.
    ``on_progress`` counts pictures. Raises BadBank for a damaged bank, ValueError for a picture in it that
    can't be decoded.
    """
    groups = name_groups(bank.duplicates)
    entries = [_with_split(entry, splits) for kind in ENTRY_KINDS for entry in bank.entries(kind)]
    used = [entry for entry in entries if entry.split in ("train", "test") and _PICTURE in entry.members]
    total = len(used) + int(bank.index.get("evaluation", {}).get("faces", 0))
    counter, hashed = ProgressCounter(on_progress, total), defaultdict[tuple[str, str], list[_Hashed]](list)
    with ThreadPoolExecutor(workers) as threads:
        for batch in batched(chain(_of_entries(bank, used, groups), _evaluated(bank)), _AT_A_TIME):
            for picture in threads.map(_hash, batch):
                hashed[picture.kind, picture.split].append(picture)
            counter.add(len(batch))
        pairs = chain.from_iterable(
            _candidates(hashed[kind, "test"], hashed[kind, "train"]) for kind in ENTRY_KINDS
        )
        found = [pair for batch in batched(pairs, _AT_A_TIME) for pair in threads.map(_judge, batch)]
    found = [pair for pair in found if pair.likeness >= LEAST_LIKENESS]
    found.sort(key=lambda pair: (-pair.likeness, pair.kind, pair.test, pair.train, pair.mirrored))
    # A symmetric picture is like its mirror image too.
    return tuple({(pair.kind, pair.test, pair.train): pair for pair in reversed(found)}.values())[::-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Picture:
    """A picture that is not decoded yet."""

    kind: str
    split: str
    name: str
    same: frozenset[SourceName]  # its photograph and its known duplicates
    read: Callable[[], Mapping[str, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hashed:
    kind: str
    split: str
    name: str
    same: frozenset[SourceName]
    hash: PictureHash


def _with_split(entry: Entry, splits: Mapping[str, str]) -> Entry:
    return replace(entry, split=splits.get(entry.id, entry.split)) if entry.kind == FACE else entry


def _of_entries(bank: Bank, entries: Iterable[Entry], groups: Mapping[str, str]) -> Iterator[_Picture]:
    for entry in entries:
        same = frozenset(name for name in names_of(entry, groups) if name[0] != "person")
        read = partial(bank.read, entry, (_PICTURE, _ALPHA))
        yield _Picture(kind=entry.kind, split=entry.split, name=entry.id, same=same, read=read)


def _evaluated(bank: Bank) -> Iterator[_Picture]:
    """The really occluded faces. A shard is read as a whole: it holds few, and each is needed."""
    for dataset, key, members in bank.evaluated_members():
        photo = str(json.loads(members[METADATA]).get("photo") or "")
        yield _Picture(
            kind=FACE,
            split="test",
            name=f"{dataset}'s {key}",
            same=frozenset({("photo", photo)} if photo else ()),
            read=partial(dict, members),
        )


def _hash(picture: _Picture) -> _Hashed:
    grey = on_grey(picture.read(), f"{picture.kind} {picture.name}")
    return _Hashed(
        kind=picture.kind,
        split=picture.split,
        name=picture.name,
        same=picture.same,
        hash=hash_picture(grey),
    )


def on_grey(members: Mapping[str, bytes], where: str) -> Image:
    """An entry's picture as uint8 HxW, decoded at a reduced size; a cut-out lies on grey.

    Raises ValueError if a member can't be decoded.
    """
    grey = _decoded(members[_PICTURE], _REDUCED[0], f"{where}: expected a picture")
    for flag in _REDUCED[1:]:
        if min(grey.shape) < _DECODED:
            grey = _decoded(members[_PICTURE], flag, f"{where}: expected a picture")
    if _ALPHA not in members:
        return grey
    alpha = _decoded(members[_ALPHA], cv2.IMREAD_GRAYSCALE, f"{where}: expected a matte")
    matte = cv2.resize(alpha, grey.shape[::-1], interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    return np.rint(grey * matte + _GREY * (1 - matte)).astype(np.uint8)


def _decoded(data: bytes, flag: int, expected: str) -> Image:
    plane = cv2.imdecode(np.frombuffer(data, np.uint8), flag)
    if plane is None:
        raise ValueError(f"{expected}, got damaged data; {REPAIR_BANK}")
    return plane.astype(np.uint8, copy=False)


def _candidates(tested: list[_Hashed], trained: list[_Hashed]) -> Iterator[tuple[_Hashed, _Hashed, bool]]:
    """Pairs whose hashes and aspects are close, and whether the test picture is mirrored for it."""
    bits = [picture.hash.bits for picture in trained]
    for mirrored in (False, True):
        wanted = [picture.hash.mirrored if mirrored else picture.hash.bits for picture in tested]
        for at, other in close_pairs(wanted, bits, MOST_BITS):
            test, train = tested[at], trained[other]
            stretched = abs(math.log(test.hash.aspect / train.hash.aspect))
            if stretched <= _MOST_ASPECT and not test.same & train.same:
                yield test, train, mirrored


def _judge(pair: tuple[_Hashed, _Hashed, bool]) -> NearDuplicate:
    test, train, mirrored = pair
    return NearDuplicate(
        kind=test.kind,
        test=test.name,
        train=train.name,
        likeness=round(likeness(train.hash, test.hash, mirrored=mirrored), 3),
        mirrored=mirrored,
    )
