from __future__ import annotations

import numpy as np
import pytest

from tasks.partition import close_pairs as module
from tasks.partition.close_pairs import close_pairs


@pytest.mark.parametrize("at_a_time", [1, 300, 1 << 20])
def test_all_pairs_that_differ_in_few_bits_are_found_in_order(
    monkeypatch: pytest.MonkeyPatch, at_a_time: int
) -> None:
    monkeypatch.setattr(module, "_AT_A_TIME", at_a_time)
    rng = np.random.default_rng(0)
    first = [int(one) for one in rng.integers(0, 2**64, 40, dtype=np.uint64)]
    second = [one ^ (1 << int(rng.integers(64))) for one in first[::3]] + [0, 2**64 - 1]
    for most in (0, 1, 24):
        expected = [
            (at, other)
            for at, one in enumerate(first)
            for other, two in enumerate(second)
            if (one ^ two).bit_count() <= most
        ]
        assert list(close_pairs(first, second, most)) == expected
    assert len(list(close_pairs(first, second, 1))) == 14


def test_an_empty_list_has_no_pairs() -> None:
    assert list(close_pairs([], [1], 64)) == list(close_pairs([1], [], 64)) == []
