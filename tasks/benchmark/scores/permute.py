"""Tests of a difference by exchanging the two arms, a person at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from natocc.randomness import Streams
from tasks.benchmark.scores.cell import Cell, Floats
from tasks.benchmark.scores.intervals import picture_scores, sums_of_groups
from tasks.benchmark.scores.metrics import OF_THE_WHOLE, WORST, weighted_mean, worst_mean

# With at most so many groups every exchange is tried; with more, so many are drawn.
_MOST_EXACT, _DRAWN = 14, 20_000
# Exchanges at a time.
_BLOCK = 2048
# Differences that sums in another order make are none.
_TIE = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class PermutationTest:
    """``p`` is two-sided; ``smallest`` is the least that so many groups, or draws, can reach."""

    p: float
    smallest: float


def exchange_test(better: Cell, than: Cell, metric: str, *, seed: int) -> PermutationTest:
    """Test whether two arms' scores differ on the same pictures, at any sign.

    If the arms are equal, a group's counts may as well be the other arm's, for all seeds together. All
    2^groups exchanges are tried, or 20,000 are drawn (fixed by ``seed``); p is the share whose difference is
    at least as large as the real one, which counts as one of them (Phipson and Smyth 2010).
    """
    names, _ = better.by_group()
    exact = len(names) <= _MOST_EXACT
    real, extreme, tried = 0.0, 0, 0
    for exchanged in _exchanges(len(names), exact, seed):
        differences = np.abs(_differences(better, than, metric, exchanged))
        if not tried:
            # The first exchange is none.
            real = float(differences[0])
        extreme += int(np.count_nonzero(differences >= real - _TIE))
        tried += len(differences)
    return PermutationTest(p=extreme / tried, smallest=(2 if exact else 1) / tried)


def holm(values: Sequence[float]) -> list[float]:
    """Holm's adjusted p values (1979), in the order of ``values``."""
    adjusted, least = [0.0] * len(values), 0.0
    for place, number in enumerate(np.argsort(values, kind="stable").tolist()):
        least = max(least, min(1.0, (len(values) - place) * values[number]))
        adjusted[number] = least
    return adjusted


def _exchanges(groups: int, exact: bool, seed: int) -> Iterator[Floats]:
    """Blocks (draws, groups) of 0 and 1 = exchanged; the first row of all is without an exchange."""
    total = 2**groups if exact else _DRAWN + 1
    rng = Streams(seed, "benchmark", f"{groups} groups").stage("exchanges")
    for start in range(0, total, _BLOCK):
        count = min(_BLOCK, total - start)
        if exact:
            numbers = np.arange(start, start + count)
            yield ((numbers[:, None] >> np.arange(groups)) & 1).astype(np.float64)
        else:
            drawn = rng.integers(2, size=(count, groups)).astype(np.float64)
            if not start:
                drawn[0] = 0
            yield drawn


def _differences(better: Cell, than: Cell, metric: str, exchanged: Floats) -> Floats:
    """The difference of the means over seeds, for each row of ``exchanged`` (draws, groups)."""
    names, numbers = better.by_group()
    if metric in OF_THE_WHOLE:
        first, second = (sums_of_groups(cell, numbers, len(names)) for cell in (better, than))
        moved = np.matmul(exchanged, second - first)
        score = OF_THE_WHOLE[metric]
        with_first = score(first.sum(1, keepdims=True) + moved)
        with_second = score(second.sum(1, keepdims=True) - moved)
        return np.asarray(with_first.mean(0) - with_second.mean(0))
    of_picture = exchanged[:, numbers]
    total = np.zeros(len(exchanged))
    pairs = zip(picture_scores(better, metric), picture_scores(than, metric), strict=True)
    for first, second in pairs:
        total += _mean(first, second, of_picture, metric) - _mean(second, first, of_picture, metric)
    return total / len(better.seeds)


def _mean(own: Floats, other: Floats, exchanged: Floats, metric: str) -> Floats:
    """The mean of scores (pictures,), each ``own``, or ``other`` where it is exchanged (draws, pictures)."""
    mean = worst_mean if metric == WORST else weighted_mean
    return mean(np.concatenate([own, other]), np.concatenate([1 - exchanged, exchanged], axis=1))
