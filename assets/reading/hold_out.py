"""Which classes and subjects are kept for testing: always the same ones, by a hash of their names."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping

# Of how many one is held out, and of how few none is.
ONE_OF, FEWEST = 5, 10


def held_out(names: Iterable[str]) -> frozenset[str]:
    """A fifth of the names, those with the lowest hashes; none of fewer than ten.

    Which names are held out does not depend on their order, and another name that comes in displaces
    at most one of them.

    >>> sorted(held_out(f"class {number}" for number in range(10)))
    ['class 8', 'class 9']
    """
    ranked = sorted(set(names), key=rank)
    return frozenset(ranked[: _fifth(len(ranked))] if len(ranked) >= FEWEST else ())


def held_out_of_each(groups: Mapping[str, Collection[str]], busy: Collection[str] = ()) -> frozenset[str]:
    """As ``held_out``, but of every group a fifth, so that each has names on both sides.

    Of a group of at least two one is held out in any case, of one alone none; ten names are needed in
    all. A name belongs to one group. Names that are ``busy`` count, and are not held out.
    """
    if sum(map(len, groups.values())) < FEWEST:
        return frozenset()
    ranked = {group: sorted(set(names) - set(busy), key=rank) for group, names in groups.items()}
    return frozenset(name for group, free in ranked.items() for name in free[: _fifth(len(groups[group]))])


def _fifth(count: int) -> int:
    return max(1, round(count / ONE_OF)) if count > 1 else 0


def rank(name: str) -> tuple[str, str]:
    """Sorting key: a hash, so that no order in which names come has a say."""
    return hashlib.sha256(name.encode()).hexdigest(), name
