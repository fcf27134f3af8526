"""Bootstrap by persons and seeds."""

from __future__ import annotations

import numpy as np
import pytest

from tasks.benchmark.scores.cell import cell_of
from tasks.benchmark.scores.intervals import draw, interval, over_seeds, scores_of
from tasks.benchmark.scores.metrics import METRICS
from tests.tasks.benchmark.scores.cells import row, table

RNG = np.random.default_rng(1)
ROWS = [
    row(f"k{number}", RNG.integers(1, 50, 4).tolist(), group=f"g{number % 5}", seed=seed)
    for seed in (0, 1)
    for number in range(12)
]
CELL = cell_of(table(ROWS), "here")


def test_equal_seeds_draw_the_same_and_others_do_not() -> None:
    first, second, third = (draw(6, 3, seed=seed, stage="x") for seed in (0, 0, 1))
    assert np.array_equal(first.weights, second.weights) and np.array_equal(first.seeds, second.seeds)
    assert not np.array_equal(first.weights, third.weights)
    assert (first.weights.sum(1) == 6).all() and first.seeds.max() == 2


@pytest.mark.parametrize("metric", METRICS)
def test_a_drawn_score_is_that_of_the_drawn_pictures(metric: str) -> None:
    if metric in ("ece", "alpha_mae", "alpha_mse"):
        pytest.skip("these counts have none")
    weights = np.array([[1, 1, 1, 1, 1], [2, 0, 1, 0, 2]], float)
    found = scores_of(CELL, [metric], weights)[metric]
    # The same pictures, written as often as they are drawn.
    _, numbers = CELL.by_group()
    copied = [
        row(f"{number}-{copy}", CELL.values[0, number, :4].astype(int).tolist())
        for number in range(len(CELL.keys))
        for copy in range(int(weights[1, numbers[number]]))
    ]
    again = cell_of(table(copied), "here")
    expected = scores_of(again, [metric], np.ones((1, len(copied))))[metric][0, 0]
    assert found.shape == (2, 2) and found[0, 1] == pytest.approx(expected)


def test_the_order_of_the_rows_changes_nothing() -> None:
    turned = cell_of(table(ROWS[::-1]), "here")
    drawn = draw(5, 2, seed=0, stage="x")
    first, second = (scores_of(cell, ["miou"], drawn.weights)["miou"] for cell in (CELL, turned))
    assert np.array_equal(first, second)


def test_the_interval_agrees_with_a_bootstrap_written_as_a_loop() -> None:
    rng = np.random.default_rng(9)
    _, numbers = CELL.by_group()
    drawn = []
    for _ in range(2000):
        pictures = np.concatenate([np.flatnonzero(numbers == group) for group in rng.integers(5, size=5)])
        of_seeds = []
        for seed in rng.integers(2, size=2):
            _, fp, fn, tp = CELL.values[seed, pictures, :4].sum(0)
            of_seeds.append(tp / (tp + fp + fn))
        drawn.append(np.mean(of_seeds))
    mine = draw(5, 2, seed=0, stage="x")
    values = over_seeds(scores_of(CELL, ["face_iou"], mine.weights)["face_iou"], mine.seeds)
    assert interval(values) == pytest.approx(tuple(np.percentile(drawn, [2.5, 97.5])), abs=0.012)


def test_without_values_there_is_no_interval() -> None:
    assert np.isnan(interval(np.full(4, np.nan))).all()
