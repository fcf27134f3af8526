"""Classes and subjects held out for testing, selected reproducibly by a hash of their names."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping

# One name in ONE_OF is held out; with fewer than FEWEST names, none is.
ONE_OF, FEWEST = 5, 10


def held_out(names: Iterable[str]) -> frozenset[str]:
    """The fifth of the names with the lowest hashes; empty for fewer than ten names.

    The result does not depend on the order of the names. An added name displaces at most one held-out name.

    >>> sorted(held_out(f"class {number}" for number in range(10)))
    ['class 8', 'class 9']
    """
    ranked = sorted(set(names), key=rank)
    return frozenset(ranked[: _fifth(len(ranked))] if len(ranked) >= FEWEST else ())


def held_out_of_each(groups: Mapping[str, Collection[str]], busy: Collection[str] = ()) -> frozenset[str]:
    """As ``held_out``, but a fifth of every group, so that each group has names in both splits.

    At least one name is held out of a group of two or more, and none of a group of one. There must be ten
    names in all. A name belongs to one group. ``busy`` names count towards the size but are not held out.
    """
    if sum(map(len, groups.values())) < FEWEST:
        return frozenset()
    ranked = {group: sorted(set(names) - set(busy), key=rank) for group, names in groups.items()}
    return frozenset(name for group, free in ranked.items() for name in free[: _fifth(len(groups[group]))])


def _fifth(count: int) -> int:
    return max(1, round(count / ONE_OF)) if count > 1 else 0


def rank(name: str) -> tuple[str, str]:
    """Sorting key: a hash, so that the order of the names has no effect."""
    return hashlib.sha256(name.encode()).hexdigest(), name
