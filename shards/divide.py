"""Divide named items into shards so that an item more or less changes few shards.

Items are ordered by a hash of their names. A group that is too large is halved in the middle of its range of
hashes, not at its median, so that the groups beside it stay as they are::

    hashes   0 ─────────────────────────────── 2⁶⁴
    halved   0 ────────────── ½ ────────────── 1
    again    0 ───── ¼ ────── ½ ────────────── 1      (the right half is small enough)

An item that is added or removed changes its own group, and splits or joins it with its neighbour. In rare
cases a range is so unevenly filled that it is halved at another place; then up to four groups change.

The lower end of a group's range names it: a group that stays as it is keeps its name.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import accumulate

from natocc.rendezvous import hash_number

_HASHES = 1 << 64
# Hex digits of the lower end of a range: that of 16 million groups of equal size, and of any hash.
_DIGITS, _MOST_DIGITS = 6, 16


def divide(sizes: Mapping[str, int], size: int) -> list[tuple[str, ...]]:
    """Groups of names, in order of their hashes, each of 0.5 to 1.5 times ``size`` in total.

    ``sizes`` are the sizes of the named items, at least 1. A group is smaller if all items together are, and
    larger if it is a single item. Items above half of ``size`` may make groups smaller too.
    """
    return [names for _, names in _ranges(sizes, size)]


def divide_named(sizes: Mapping[str, int], size: int) -> dict[str, tuple[str, ...]]:
    """The groups of ``divide`` by name: the lower end of their range of hashes in hex, ``000000`` the first.

    Names have six digits, and more only where two groups would have one name. Their order is that of the
    groups.
    """
    ranges = _ranges(sizes, size)
    return dict(zip(_names([low for low, _ in ranges]), (names for _, names in ranges), strict=True))


def _names(lows: list[int]) -> list[str]:
    """Different names of different numbers, in their order."""
    whole = [f"{low:0{_MOST_DIGITS}x}" for low in lows]
    short = Counter(name[:_DIGITS] for name in whole)
    return [name[:_DIGITS] if short[name[:_DIGITS]] == 1 else name for name in whole]


def _ranges(sizes: Mapping[str, int], size: int) -> list[tuple[int, tuple[str, ...]]]:
    """The lower ends of ranges of hashes, and the names in each."""
    numbered = sorted((hash_number(name), name) for name in sizes)
    return list(_Division(numbered, [sizes[name] for _, name in numbered], size).groups())


class _Division:
    """The recursion: ranges of places in the order of hashes."""

    def __init__(self, numbered: list[tuple[int, str]], sizes: list[int], size: int) -> None:
        self._numbers = [number for number, _ in numbered]
        self._names = [name for _, name in numbered]
        # The total before each place.
        self._before = [0, *accumulate(sizes)]
        self._size = size

    def groups(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        if self._names:
            yield from self._groups(0, len(self._names), 0, _HASHES)

    def _groups(self, first: int, end: int, low: int, high: int) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Of the items at places ``first`` to ``end``, whose range of hashes is ``low`` to ``high``."""
        total = self._before[end] - self._before[first]
        if 2 * total <= 3 * self._size or end - first == 1:
            yield low, tuple(self._names[first:end])
            return
        middle = (low + high) // 2
        cut = self._cut(first, end, middle)
        yield from self._groups(first, cut, low, middle)
        yield from self._groups(cut, end, middle, high)

    def _cut(self, first: int, end: int, middle: int) -> int:
        """The place of the hash ``middle``, moved until both sides have half of ``size``."""
        half = -(-self._size // 2)
        least = bisect_left(self._before, self._before[first] + half, first + 1, end)
        most = bisect_right(self._before, self._before[end] - half, first + 1, end) - 1
        cut = min(max(bisect_left(self._numbers, middle, first, end), least), max(most, first + 1))
        return min(max(cut, first + 1), end - 1)
