"""Scores of a cell for draws of its groups and seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from natocc.randomness import Streams
from tasks.benchmark.scores.cell import Cell, Floats
from tasks.benchmark.scores.metrics import WORST, worst_mean
from tasks.benchmark.scores.sums import picture_scores, scores_of_sums, sums_of_groups, weighed

DRAWS = 2000
_LEVEL = 95.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Draws:
    """``weights``: float64 (draws, groups), how often a group counts; ``seeds``: int (draws, seeds)."""

    weights: Floats
    seeds: NDArray[np.int64]


def draw(groups: int, seeds: int, *, seed: int, stage: str, draws: int = DRAWS) -> Draws:
    """Draw groups with replacement, and seeds with replacement in each draw, fixed by ``seed``, ``stage``."""
    rng = Streams(seed, "benchmark", f"{groups} groups").stage(stage)
    chosen = rng.integers(groups, size=(draws, groups))
    weights = np.zeros((draws, groups))
    np.add.at(weights, (np.arange(draws)[:, None], chosen), 1.0)
    return Draws(weights=weights, seeds=rng.integers(seeds, size=(draws, seeds)))


def scores_of(cell: Cell, metrics: Sequence[str], weights: Floats) -> dict[str, Floats]:
    """Scores (seeds, draws) by metric, of a cell whose groups count ``weights`` (draws, groups) times."""
    found = dict(scores_of_sums(weighed(weights, sums_of_groups(cell, metrics)), metrics))
    if WORST in metrics:
        _, numbers = cell.by_group()
        of_seeds = [worst_mean(scores, numbers, weights) for scores in picture_scores(cell, WORST)]
        found[WORST] = np.stack(of_seeds)
    return found


def over_seeds(scores: Floats, seeds: NDArray[np.int64]) -> Floats:
    """The mean over the drawn seeds: scores (seeds, draws) and seeds (draws, seeds) to (draws,)."""
    return np.asarray(np.take_along_axis(scores.T, seeds, axis=1).mean(1))


def interval(values: Floats) -> tuple[float, float]:
    """The middle 95 % of the draws; nan without a value."""
    there = values[~np.isnan(values)]
    if not len(there):
        return float("nan"), float("nan")
    low, high = np.percentile(there, [(100 - _LEVEL) / 2, (100 + _LEVEL) / 2])
    return float(low), float(high)
