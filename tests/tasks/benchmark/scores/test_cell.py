"""Counts as arrays."""

from __future__ import annotations

import numpy as np
import pytest

from tasks.benchmark.scores.cell import BINNED, COLUMNS, FN, FP, GAPS, TN, TP, cell_of, some_of
from tests.tasks.benchmark.scores.cells import row, table


def test_seeds_and_keys_are_in_order_whatever_the_rows() -> None:
    rows = [row("b", (1, 2, 3, 4), seed=5), row("a", (5, 6, 7, 8), seed=5), row("a", (0, 0, 0, 9), group="g")]
    cell = cell_of(table([*rows, row("b", (4, 3, 2, 1))]), "here")
    assert (cell.seeds, cell.keys, cell.groups) == ((0, 5), ("a", "b"), ("g", "b"))
    assert cell.values[1, 1, [TN, FP, FN, TP]].tolist() == [1, 2, 3, 4]
    assert cell.values[0, 0, TP] == 9


def test_of_many_classes_the_face_s_are_one() -> None:
    counted = np.zeros((20, 20), int)
    # Skin right, nose taken for skin, skin taken for hair, hair for skin, hair for cloth.
    for truth, found, pixels in ((1, 1, 7), (2, 1, 5), (1, 13, 3), (13, 1, 2), (13, 18, 4)):
        counted[truth, found] = pixels
    cell = cell_of(table([row("a", counted.ravel().tolist(), classes=20)]), "here")
    assert cell.values[0, 0, [TN, FP, FN, TP]].tolist() == [4, 2, 3, 12]


def test_of_a_bin_the_sum_of_probabilities_less_the_face_is_kept() -> None:
    bins = {
        "bin_pixels": [4] + [0] * 13 + [2],
        "bin_probability": [0.5] + [0.0] * 13 + [1.75],
        "bin_face": [1] + [0] * 13 + [2],
    }
    values = cell_of(table([row("a", (3, 1, 1, 1), **bins), row("b", (3, 1, 1, 1))]), "here").values[0]
    assert values[0, BINNED] == 6 and values[0, [GAPS, COLUMNS - 1]].tolist() == [-0.5, -0.25]
    assert not values[1, BINNED:].any()


def test_a_few_names_are_written_and_the_others_counted() -> None:
    assert some_of({"b", "a"}) == "a, b" and some_of("edcba") == "a, b, c and 2 more"


def test_some_pictures_can_be_taken_and_groups_are_numbered_by_name() -> None:
    cell = cell_of(table([row(key, (1, 0, 0, 1), group=key[0]) for key in ("q1", "p1", "q2")]), "here")
    names, numbers = cell.by_group()
    assert (names, numbers.tolist()) == (("p", "q"), [0, 1, 1])
    assert cell.taken(numbers == 1).keys == ("q1", "q2")


def test_a_picture_twice_and_seeds_of_other_pictures_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^here: expected each picture once a seed, got a twice$"):
        cell_of(table([row("a", (1, 0, 0, 1))] * 2), "here")
    with pytest.raises(ValueError, match=r"^here: expected the same pictures for every seed, got b of some"):
        cell_of(
            table([row("a", (1, 0, 0, 1)), row("a", (1, 0, 0, 1), seed=1), row("b", (1, 0, 0, 1))]), "here"
        )
