"""Which faces and persons are held out for validation, by hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from tasks.training.segmenter.feed.reading.index import FeedSample

_SALT = "natocc validation"


def held_out_groups(groups: Iterable[str], share: float) -> frozenset[str]:
    """The groups to validate on, about ``share`` of them; none of a single group, and none for a share of 0.

    A group's hash alone decides, so that a face is held out whatever is mixed. If that leaves one part empty,
    the group of the lowest hash is held out, and the one of the highest is trained on.
    """
    hashes = {group: _hash_of(group) for group in set(groups)}
    if share == 0 or len(hashes) < 2:
        return frozenset()
    order = sorted(hashes, key=lambda group: hashes[group])
    chosen = {group for group in order if hashes[group] < share} or {order[0]}
    return frozenset(chosen - {order[-1]})


def groups_of(samples: Sequence[FeedSample]) -> list[str]:
    """The group of each sample: a person, with all their photographs, or a photograph of nobody known.

    A photograph is of a person if any of its samples says so.
    """
    persons = {one.photo: one.person for one in samples if one.person}
    return [
        f"person {person}" if (person := one.person or persons.get(one.photo)) else f"photo {one.photo}"
        for one in samples
    ]


def _hash_of(group: str) -> float:
    """Uniform in [0, 1)."""
    digest = hashlib.sha256(f"{_SALT}\0{group}".encode()).digest()
    return float(int.from_bytes(digest[:6], "little") / 2**48)
