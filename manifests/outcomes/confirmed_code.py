"""Samples kept after a change of code, because some of their set were rendered again with equal bytes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmedCode:
    """``samples`` of a set, rendered by the code ``code``, were rendered again with equal bytes and rows."""

    set: str
    # The identity of the code that rendered the stored samples.
    code: str
    samples: int


def merge_confirmed(found: Iterable[ConfirmedCode]) -> tuple[ConfirmedCode, ...]:
    """One record for each set and code, in order: the one of the fewest samples, which claims least."""
    merged: dict[tuple[str, str], ConfirmedCode] = {}
    for one in found:
        known = merged.setdefault((one.set, one.code), one)
        if one.samples < known.samples:
            merged[one.set, one.code] = one
    return tuple(merged.values())
