from __future__ import annotations

import numpy as np

from natocc.rendezvous import hash_number, hash_numbers, scores


def test_numbers_and_scores_are_the_same_on_every_machine() -> None:
    assert hash_number("a") == 14_598_278_634_844_962_250
    assert scores(hash_numbers(["a", "b"]), "c").tolist() == [14035981917339277920, 9145899970681825890]


def test_scores_of_one_name_differ_between_choosers_and_are_uniform() -> None:
    names = hash_numbers(["a"])
    found = np.array([scores(names, str(number))[0] for number in range(4000)], np.float64) / 2**64
    counts, _ = np.histogram(found, 10, (0, 1))
    assert abs(counts - 400).max() < 90


def test_the_names_stay_as_they_are() -> None:
    names = hash_numbers(["a", "b"])
    before = names.copy()
    scores(names, "c")
    assert (names == before).all() and hash_numbers([]).shape == (0,)
