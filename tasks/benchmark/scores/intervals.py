"""Scores of a cell for draws of its groups and seeds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from natocc.randomness import Streams
from tasks.benchmark.scores.cell import Cell, Floats
from tasks.benchmark.scores.metrics import (
    OF_PICTURES,
    OF_THE_WHOLE,
    WORST,
    face_iou,
    weighted_mean,
    worst_mean,
)

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


def scores_of(cell: Cell, metrics: Iterable[str], weights: Floats) -> dict[str, Floats]:
    """Scores (seeds, draws) by metric, of a cell whose groups count ``weights`` (draws, groups) times."""
    _, numbers = cell.by_group()
    wanted = list(metrics)
    found: dict[str, Floats] = {}
    if any(name in OF_THE_WHOLE for name in wanted):
        # (seeds, draws, columns)
        sums = np.matmul(weights, sums_of_groups(cell, numbers, weights.shape[1]))
        found = {name: OF_THE_WHOLE[name](sums) for name in wanted if name in OF_THE_WHOLE}
    of_picture = weights[:, numbers]
    for name in wanted:
        if name not in found:
            mean = worst_mean if name == WORST else weighted_mean
            found[name] = np.stack([mean(scores, of_picture) for scores in picture_scores(cell, name)])
    return found


def picture_scores(cell: Cell, metric: str) -> Floats:
    """Scores (seeds, pictures) of a metric that is of pictures."""
    return (face_iou if metric == WORST else OF_PICTURES[metric])(cell.values)


def sums_of_groups(cell: Cell, numbers: NDArray[np.int64], groups: int) -> Floats:
    """Counts (seeds, groups, columns); ``numbers`` (pictures,) is each picture's group."""
    sums = np.zeros((len(cell.seeds), groups, cell.values.shape[2]))
    for place, values in enumerate(cell.values):
        np.add.at(sums[place], numbers, values)
    return sums


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
