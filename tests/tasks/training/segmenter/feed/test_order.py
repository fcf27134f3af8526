from __future__ import annotations

from collections import Counter

import pytest

from tasks.training.segmenter.feed.order import EpochOrder


def taken(order: EpochOrder, epoch: int) -> list[int]:
    return [order[epoch * order.length + place] for place in range(order.length)]


def test_an_epoch_has_every_sample_once_in_another_order_each_time() -> None:
    order = EpochOrder([0, 0, 1, 1, 2, 2, 3, 4], [1.0] * 8, 3)
    first, second = taken(order, 0), taken(order, 1)
    assert sorted(first) == sorted(second) == list(range(8)) and first != second
    assert taken(EpochOrder([0, 0, 1, 1, 2, 2, 3, 4], [1.0] * 8, 3), 1) == second
    assert taken(EpochOrder([0, 0, 1, 1, 2, 2, 3, 4], [1.0] * 8, 4), 0) != first


def test_weights_are_copies_an_epoch_and_fractions_are_exact_in_every_epoch() -> None:
    order = EpochOrder([0] * 10, [2.0] * 4 + [0.5] * 6, 0)
    assert order.length == 2 * 4 + 3
    counts = Counter[int]()
    for epoch in range(40):
        samples = Counter(taken(order, epoch))
        assert all(samples[number] == 2 for number in range(4))
        assert sum(samples[number] for number in range(4, 10)) == 3 and max(samples.values()) == 2
        counts += samples
    assert all(8 <= counts[number] <= 32 for number in range(4, 10))


def test_a_turn_is_the_epoch_and_the_copies_before() -> None:
    order = EpochOrder([0] * 3, [1.0, 2.0, 3.0], 0)
    for epoch in range(3):
        seen: dict[int, list[int]] = {}
        for position in range(epoch * order.length, (epoch + 1) * order.length):
            of_epoch, copy = order.turn(position)
            assert of_epoch == epoch
            seen.setdefault(order[position], []).append(copy)
        assert seen == {0: [0], 1: [0, 1], 2: [0, 1, 2]}
    assert EpochOrder([0] * 3, [1.0] * 3, 0).turn(7) == (2, 0)


def test_samples_of_four_files_come_together() -> None:
    files = [number // 5 for number in range(60)]
    order = taken(EpochOrder(files, [1.0] * 60, 1), 0)
    for start in range(0, 60, 20):
        assert len({files[number] for number in order[start : start + 20]}) == 4


def test_samples_that_no_epoch_has_are_known() -> None:
    order = EpochOrder([0] * 6, [1.0] * 2 + [0.1] * 4, 0)
    assert order.never == (2, 3, 4, 5) and order.length == 2
    assert EpochOrder([0] * 7, [1.0] * 2 + [0.1] * 5, 0).never == ()


def test_an_epoch_without_samples_is_refused() -> None:
    with pytest.raises(ValueError, match="expected samples that come in an epoch, got none"):
        EpochOrder([0], [0.1], 0)
