"""Pairs of hashes that differ in few bits, among all pairs of two lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

# Pairs that are compared at a time: 8 MiB of differences.
_AT_A_TIME = 1 << 20


def close_pairs(first: Sequence[int], second: Sequence[int], most: int) -> Iterator[tuple[int, int]]:
    """Places in both lists of hashes (below 2**64) that differ in at most ``most`` bits, in order."""
    left, right = np.array(first, np.uint64), np.array(second, np.uint64)
    rows = max(1, _AT_A_TIME // max(1, len(right)))
    for start in range(0, len(left), rows):
        differing = np.bitwise_count(left[start : start + rows, None] ^ right[None, :])
        for at, other in zip(*np.nonzero(differing <= most), strict=True):
            yield start + int(at), int(other)
