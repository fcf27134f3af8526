"""Bootstrap by persons and seeds."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import bootstrap

from tasks.benchmark.counts.table import CALIBRATION_BINS
from tasks.benchmark.scores.cell import cell_of
from tasks.benchmark.scores.intervals import draw, interval, over_seeds, scores_of
from tasks.benchmark.scores.metrics import METRICS
from tests.tasks.benchmark.scores.cells import row, table

RNG = np.random.default_rng(1)
ROWS = [
    row(
        f"k{number}",
        RNG.integers(1, 50, 4).tolist(),
        group=f"g{number % 5}",
        seed=seed,
        boundary_both=int(RNG.integers(9)),
        boundary_either=9,
        band_pixels=5,
        band_absolute=RNG.uniform(0, 5),
        band_squared=RNG.uniform(0, 5),
        bin_pixels=[9] * CALIBRATION_BINS,
        bin_probability=RNG.uniform(0, 9, CALIBRATION_BINS).tolist(),
        bin_face=RNG.integers(0, 9, CALIBRATION_BINS).tolist(),
    )
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
    weights = np.array([[1, 1, 1, 1, 1], [2, 0, 1, 0, 2]], float)
    found = scores_of(CELL, [metric], weights)[metric]
    # The same pictures, written as often as they are drawn.
    _, numbers = CELL.by_group()
    by_key = {one["key"]: one for one in ROWS if one["seed"] == 0}
    copied = [
        by_key[key] | {"key": f"{key}-{copy}", "group": f"{key}-{copy}"}
        for key, number in zip(CELL.keys, numbers, strict=True)
        for copy in range(int(weights[1, number]))
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


def test_seeds_are_drawn_with_replacement_in_each_draw() -> None:
    # Equal pictures, of IoU 0.5 with one seed and 0.7 with the other: a quarter of the draws has the first
    # twice, a quarter the second, and half have both.
    rows = [
        row(f"{number}", (0, 0, 10 - face, face), seed=seed)
        for seed, face in enumerate((5, 7))
        for number in range(4)
    ]
    drawn = draw(4, 2, seed=0, stage="x")
    values = over_seeds(scores_of(cell_of(table(rows), "here"), ["miou"], drawn.weights)["miou"], drawn.seeds)
    found, counts = np.unique(2 * values.round(9), return_counts=True)
    assert found.tolist() == [0.5, 0.6, 0.7] and counts / 2000 == pytest.approx([0.25, 0.5, 0.25], abs=0.04)


def test_of_one_seed_it_agrees_with_scipy_s_bootstrap() -> None:
    scores = RNG.uniform(0.6, 0.9, 60)
    rows = [row(f"{number:02}", (0, 0, 1000 - face, face)) for number, face in enumerate(1000 * scores // 1)]
    drawn = draw(60, 1, seed=0, stage="x")
    values = over_seeds(
        scores_of(cell_of(table(rows), "here"), ["face_iou_mean"], drawn.weights)["face_iou_mean"],
        drawn.seeds,
    )
    expected = bootstrap(
        (scores,), np.mean, n_resamples=2000, method="percentile", rng=np.random.default_rng(2)
    ).confidence_interval
    assert interval(values) == pytest.approx((expected.low, expected.high), abs=0.004)


def test_without_values_there_is_no_interval() -> None:
    assert np.isnan(interval(np.full(4, np.nan))).all()
