"""Which samples of a split ``train`` are held out for validation: whole faces and persons, by hash."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from tasks.training.segmenter.feed.reading.index import FeedSample

_SALT = "natocc validation"


def hold_out(
    samples: Sequence[FeedSample], share: float
) -> tuple[tuple[FeedSample, ...], tuple[FeedSample, ...]]:
    """Divide samples into those to train on and those to validate on, about ``share`` of the groups.

    A group is a person, with all their photographs, or a photograph of nobody known. Its hash alone decides,
    so that a face is held out whatever is mixed. If that leaves one part empty, the group of the lowest
    hash is held out, and the one of the highest is trained on. Raises ValueError for a single group.
    """
    if share == 0:
        return tuple(samples), ()
    groups = groups_of(samples)
    hashes = {group: _hash_of(group) for group in set(groups)}
    if len(hashes) < 2:
        raise ValueError(
            f"validation split: expected two faces or more of the split train, got {len(hashes)}; give more "
            "data, or hold none out (validation: 0 in the schedule)"
        )
    order = sorted(hashes, key=lambda group: hashes[group])
    chosen = {group for group in order if hashes[group] < share} or {order[0]}
    chosen.discard(order[-1])
    taken = [group in chosen for group in groups]
    train = tuple(one for one, out in zip(samples, taken, strict=True) if not out)
    return train, tuple(one for one, out in zip(samples, taken, strict=True) if out)


def groups_of(samples: Sequence[FeedSample]) -> list[str]:
    """The group of each sample. A photograph is of a person if any of its samples says so."""
    persons = {one.photo: one.person for one in samples if one.person}
    return [
        f"person {person}" if (person := one.person or persons.get(one.photo)) else f"photo {one.photo}"
        for one in samples
    ]


def _hash_of(group: str) -> float:
    """Uniform in [0, 1)."""
    digest = hashlib.sha256(f"{_SALT}\0{group}".encode()).digest()
    return float(int.from_bytes(digest[:6], "little") / 2**48)
