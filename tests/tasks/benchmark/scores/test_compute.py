"""Results and comparisons from a table of counts."""

from __future__ import annotations

import math

import numpy as np
import pytest

from manifests.benchmarks.benchmark import ComparedArms
from tasks.benchmark.scores.compute import cells_of, comparisons_of, results_of
from tasks.benchmark.scores.results import Result
from tests.tasks.benchmark.scores.cells import row, table

RNG = np.random.default_rng(5)


def rows(
    arm: str, better: int, pictures: int = 12, seeds: int = 2, **changes: object
) -> list[dict[str, object]]:
    """Pictures of 100 face pixels, of which 60 + ``better`` and a few more are found."""
    return [
        row(
            f"k{number:02}",
            (100, 5, 40 - better - number % 7, 60 + better + number % 7),
            mixture=arm,
            seed=seed,
            occluder=("hand", "object")[number % 2],
            hidden=number / 40,
            **changes,
        )
        for seed in range(seeds)
        for number in range(pictures)
    ]


def of(results: list[Result], metric: str, part: str = "") -> Result:
    (found,) = [one for one in results if one.metric == metric and one.slice == part]
    return found


def test_a_result_has_mean_spread_and_interval() -> None:
    taken = rows("a", 0) + [one | {"seed": 2, "confusion": [100, 5, 30, 70]} for one in rows("a", 0, seeds=1)]
    found = of(results_of(cells_of(table(taken))), "face_iou")
    # Twelve pictures: 5 x (0 + ... + 6 is 21; 0 + ... + 4 is 10) = 31 more than 60 each are found of 1200.
    expected = [751 / 1260, 751 / 1260, 840 / 1260]
    assert found.mean == pytest.approx(np.mean(expected)) and found.spread == pytest.approx(
        np.std(expected, ddof=1)
    )
    assert found.low < found.mean < found.high and (found.pictures, found.groups, found.seeds) == (12, 12, 3)


def test_slices_are_of_kinds_and_of_hidden_shares() -> None:
    results = results_of(cells_of(table(rows("a", 0))))
    parts = {one.slice: one.pictures for one in results}
    assert parts == {
        "": 12, "hand": 6, "object": 6,
        "hidden: least third": 4, "hidden: middle third": 4, "hidden: most third": 4,
    }  # fmt: skip


def test_one_seed_and_missing_probabilities_are_said() -> None:
    results = results_of(cells_of(table(rows("a", 0, seeds=1))))
    assert of(results, "miou").note.startswith("one seed") and math.isnan(of(results, "miou").spread)
    assert of(results, "ece").note == "masks have no probabilities"
    assert of(results, "alpha_mae").note.startswith("no picture has a matte")


def test_one_person_has_no_interval() -> None:
    results = results_of(cells_of(table(rows("a", 0, group="g"))))
    found = of(results, "face_iou")
    assert math.isnan(found.low) and math.isnan(found.high) and found.mean > 0
    assert found.note == "one person or photograph: no interval"


def test_the_order_of_the_rows_changes_nothing() -> None:
    taken = rows("a", 0) + rows("b", 10)
    wanted = [ComparedArms(better="b", than="a", set="s")]
    first, second = (cells_of(table(some)) for some in (taken, taken[::-1]))
    found = [one for one in results_of(second) if one.mixture == "a" and one.mean == one.mean]
    assert found == [one for one in results_of(first) if one.mixture == "a" and one.mean == one.mean]
    assert comparisons_of(first, wanted, ["net"]) == comparisons_of(second, wanted, ["net"])


def test_a_named_difference_is_tested() -> None:
    cells = cells_of(table(rows("a", 0) + rows("b", 10)))
    wanted = [
        ComparedArms(better="b", than="a", set="s"),
        ComparedArms(better="b", than="a", set="s", metric="boundary_iou"),
    ]
    first, second = comparisons_of(cells, wanted, ["net"])
    assert first.difference == pytest.approx(120 / 1260) and first.low > 0
    # 2^12 exchanges, all differences of one sign; the second arm's boundaries are equal.
    assert first.p == first.smallest_p == 2 / 4096 and first.p_holm == 2 * first.p
    assert (second.difference, second.p, second.p_holm) == (0, 1, 1)


def test_seeds_of_two_arms_are_drawn_apart() -> None:
    # Equal pictures; with its seeds an arm finds 50 or 70 of 100, the other 10 more. In 1 of 16 draws the
    # better has its low seed twice and the other its high one, 60 - 70; as often 80 - 50.
    taken = [
        row(f"{number:02}", (0, 0, 100 - face, face), mixture=arm, seed=seed)
        for arm, seed, face in (("a", 0, 50), ("a", 1, 70), ("b", 0, 60), ("b", 1, 80))
        for number in range(12)
    ]
    (found,) = comparisons_of(cells_of(table(taken)), [ComparedArms(better="b", than="a", set="s")], ["net"])
    assert (found.difference, found.low, found.high) == pytest.approx((0.1, -0.1, 0.3))


def test_below_twelve_pictures_nothing_is_tested() -> None:
    cells = cells_of(table(rows("a", 0, pictures=11) + rows("b", 10, pictures=11)))
    (found,) = comparisons_of(cells, [ComparedArms(better="b", than="a", set="s")], ["net"])
    assert math.isnan(found.p) and math.isnan(found.p_holm) and found.difference > 0
    assert found.note == "fewer than 12 pictures: no test"
    cells = cells_of(table(rows("a", 0, pictures=11, seeds=1) + rows("b", 10, pictures=11, seeds=1)))
    (found,) = comparisons_of(cells, [ComparedArms(better="b", than="a", set="s")], ["net"])
    assert found.note.startswith("fewer than 12 pictures: no test; one seed")


def test_a_missing_set_is_said_and_other_pictures_or_seeds_are_refused() -> None:
    wanted = [ComparedArms(better="b", than="a", set="s")]
    (found,) = comparisons_of(cells_of(table(rows("a", 0))), wanted, ["net"])
    assert found.note == "b of net has no scores" and math.isnan(found.difference)
    (found,) = comparisons_of({}, wanted, ["net"])
    assert found.note == "the test set is missing"
    with pytest.raises(ValueError, match="b and a on s: expected the same seeds, got 2 of one alone"):
        comparisons_of(cells_of(table(rows("a", 0) + rows("b", 1, seeds=3))), wanted, ["net"])
    with pytest.raises(ValueError, match="b and a on s: expected the same pictures, got k12 of one alone"):
        comparisons_of(cells_of(table(rows("a", 0) + rows("b", 1, pictures=13))), wanted, ["net"])
