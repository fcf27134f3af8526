"""Counts in words, for reports and messages."""

from __future__ import annotations

from collections.abc import Mapping


def count_of(number: int, plural: str) -> str:
    """A number and its noun, which is given in the plural.

    >>> count_of(1, "test identities"), count_of(2, "shards"), count_of(1, "kept")
    ('1 test identity', '2 shards', '1 kept')
    """
    return f"{number} {_singular(plural) if number == 1 else plural}"


def list_counts(counts: Mapping[str, int]) -> str:
    """Counts by plural noun or participle: ``240 kept, 3 rejected``, ``1 face, 2 hands``."""
    return ", ".join(count_of(number, name.replace("_", " ")) for name, number in counts.items())


def _singular(plural: str) -> str:
    if plural.endswith("ies"):
        return f"{plural.removesuffix('ies')}y"
    return plural.removesuffix("s")
