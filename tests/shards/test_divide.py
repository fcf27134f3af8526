from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shards.divide import divide

NAMES = st.sets(st.text("abc0123", min_size=1, max_size=6), max_size=60)


@given(NAMES, st.integers(1, 12), st.integers(1, 3))
def test_every_name_is_in_one_group_and_sizes_are_kept(names: set[str], size: int, each: int) -> None:
    groups = divide(dict.fromkeys(names, each), size)
    assert sorted(name for group in groups for name in group) == sorted(names)
    for group in groups:
        assert each * len(group) <= 1.5 * size or len(group) == 1
        # Items above half a group's size cannot always fill one.
        assert each * len(group) >= 0.5 * size or len(groups) == 1 or 2 * each > size


@given(NAMES, st.text("abc0123", min_size=7, max_size=8), st.integers(1, 12))
def test_one_name_more_changes_at_most_four_groups(names: set[str], more: str, size: int) -> None:
    before = set(divide(dict.fromkeys(names, 1), size))
    after = set(divide(dict.fromkeys({*names, more}, 1), size))
    assert len(after - before) <= 4 and len(before - after) <= 4


@pytest.mark.parametrize(("size", "each"), [(256, 1), (32, 1), (8, 1), (256, 10)])
def test_one_name_more_changes_at_most_two_groups_in_nine_of_ten_cases(size: int, each: int) -> None:
    changed: Counter[bool] = Counter()
    for number in range(100):
        names = dict.fromkeys((f"{number}-{place}" for place in range(1000)), each)
        before, after = set(divide(names, size)), set(divide({**names, "more": each}, size))
        changed[max(len(before - after), len(after - before)) <= 2] += 1
    assert changed[True] >= 90


def test_the_order_of_names_does_not_matter() -> None:
    names = [str(number) for number in range(100)]
    assert divide(dict.fromkeys(names, 1), 8) == divide(dict.fromkeys(names[::-1], 1), 8)
    assert divide({}, 8) == []
    assert divide({"one": 1000}, 8) == [("one",)]
