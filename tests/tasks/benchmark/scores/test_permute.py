"""Exchange of arms, against cases counted by hand and scipy."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import stats

from tasks.benchmark.scores.cell import Cell, cell_of
from tasks.benchmark.scores.permute import exchange_test, holm
from tests.tasks.benchmark.scores.cells import row, table


def cell(ious: np.ndarray, seeds: int = 1, group: int = 1) -> Cell:
    """Pictures of 1000 face pixels with these IoUs; ``group`` pictures are one person's."""
    rows = [
        row(
            f"{number:03}",
            (0, 0, 1000 - round(1000 * iou), round(1000 * iou)),
            seed=seed,
            group=f"{number // group:03}",
        )
        for seed in range(seeds)
        for number, iou in enumerate(ious)
    ]
    return cell_of(table(rows), "here")


@pytest.mark.parametrize("metric", ["face_iou", "face_iou_mean"])
def test_three_pictures_by_hand(metric: str) -> None:
    # Differences 0.1, 0.2 and -0.1: the sum 0.2. Of the 8 signs, sums of at least 0.2 in size: +++ with the
    # signs of the data 0.2, its mirror, and those with the last one turned, 0.4 and its mirror; and where
    # the first is turned, 0.0, the second, -0.2, and its mirror. So 6 of 8.
    better, than = np.array([0.6, 0.7, 0.4]), np.array([0.5, 0.5, 0.5])
    found = exchange_test(cell(better), cell(than), metric, seed=0)
    assert (found.p, found.smallest) == (6 / 8, 2 / 8)


def test_it_agrees_with_scipy_exact_and_drawn() -> None:
    rng = np.random.default_rng(2)
    for count, tolerance in ((9, 1e-9), (30, 0.01)):
        first = rng.uniform(0.5, 0.9, count).round(3)
        second = (first - rng.normal(0.01, 0.03, count)).round(3)
        expected = stats.permutation_test(
            (first, second),
            lambda a, b, axis: np.mean(a - b, axis=axis),
            permutation_type="samples",
            vectorized=True,
            n_resamples=20_000,
            rng=rng,
        ).pvalue
        found = exchange_test(cell(first), cell(second), "face_iou_mean", seed=0)
        assert found.p == pytest.approx(expected, abs=tolerance)


def test_equal_arms_differ_nowhere_and_clear_differences_reach_the_smallest() -> None:
    ious = np.linspace(0.4, 0.8, 10)
    assert exchange_test(cell(ious), cell(ious), "miou", seed=0).p == 1
    found = exchange_test(cell(ious + 0.1, seeds=2), cell(ious, seeds=2), "face_iou", seed=0)
    assert found.p == found.smallest == 2 / 1024


def test_a_person_s_pictures_are_exchanged_together() -> None:
    ious = np.linspace(0.4, 0.8, 10)
    found = exchange_test(cell(ious + 0.1, group=5), cell(ious, group=5), "face_iou", seed=0)
    assert found.smallest == found.p == 0.5


@pytest.mark.parametrize("metric", ["miou", "face_iou_mean", "face_iou_worst5"])
def test_it_agrees_with_an_exchange_written_as_a_loop(metric: str) -> None:
    # Two seeds, six persons of two pictures each.
    rng = np.random.default_rng(6)
    counts = rng.integers(1, 60, (2, 2, 12, 4))
    arms = [
        cell_of(
            table(
                row(f"{number:02}", counts[arm, seed, number].tolist(), seed=seed, group=str(number // 2))
                for seed in range(2)
                for number in range(12)
            ),
            "here",
        )
        for arm in range(2)
    ]

    def score(taken: np.ndarray) -> float:
        tn, fp, fn, tp = taken.T
        if metric == "miou":
            tn, fp, fn, tp = taken.sum(0)
            return (tp / (tp + fp + fn) + tn / (tn + fp + fn)) / 2
        ious = tp / (tp + fp + fn)
        return float(ious.min() if metric == "face_iou_worst5" else ious.mean())

    found = []
    for exchanged in itertools.product((0, 1), repeat=6):
        of_picture = np.repeat(exchanged, 2)
        first, second = (
            [score(counts[abs(arm - of_picture), seed, np.arange(12)]) for seed in range(2)] for arm in (0, 1)
        )
        found.append(abs(np.mean(first) - np.mean(second)))
    expected = np.mean(np.array(found) >= found[0] - 1e-12)
    assert exchange_test(arms[0], arms[1], metric, seed=0).p == expected


def test_without_a_difference_there_is_no_p() -> None:
    none = cell_of(table([row(str(number), (9, 0, 0, 0)) for number in range(3)]), "here")
    found = exchange_test(none, none, "face_iou", seed=0)
    assert np.isnan([found.p, found.smallest]).all()


def test_many_groups_are_drawn_and_fixed_by_the_seed() -> None:
    rng = np.random.default_rng(4)
    first, second = rng.uniform(0.5, 0.9, 20), rng.uniform(0.5, 0.9, 20)
    values = [exchange_test(cell(first), cell(second), "face_iou", seed=seed) for seed in (0, 0, 1)]
    assert values[0] == values[1] != values[2] and values[0].smallest == 1 / 20_001


def test_holm_by_hand() -> None:
    # In order 0.01, 0.03, 0.04: times 3, 2, 1 are 0.03, 0.06, 0.04; none may fall below the one before.
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    assert holm([0.9, 0.8]) == [1, 1] and holm([]) == []
