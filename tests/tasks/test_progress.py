from __future__ import annotations

from collections.abc import Iterator

import pytest

from tasks.progress import ProgressCounter, tracked

Calls = list[tuple[int, int | None]]


@pytest.fixture
def calls() -> Calls:
    return []


def test_an_item_counts_when_the_next_one_is_asked_for(calls: Calls) -> None:
    items: Iterator[str] = tracked(["a", "b"], lambda *call: calls.append(call), 2)
    assert next(items) == "a" and calls == [(0, 2)], "in work"
    assert next(items) == "b" and calls == [(0, 2), (1, 2)]
    assert next(items, None) is None and calls == [(0, 2), (1, 2), (2, 2)]


def test_nothing_to_do_is_reported_once(calls: Calls) -> None:
    assert list(tracked([], lambda *call: calls.append(call))) == []
    assert calls == [(0, None)]


def test_what_is_done_already_counts_from_the_start(calls: Calls) -> None:
    counter = ProgressCounter(lambda *call: calls.append(call), 9, done=4)
    counter.add()
    counter.add(0)
    counter.add(4)
    assert calls == [(4, 9), (5, 9), (5, 9), (9, 9)]
