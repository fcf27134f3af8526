"""Tests of a difference by exchanging the two arms, a person at a time."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from natocc.randomness import Streams
from tasks.benchmark.scores.cell import Cell, Floats
from tasks.benchmark.scores.metrics import WORST, worst_mean
from tasks.benchmark.scores.sums import picture_scores, scores_of_sums, sums_of_groups, weighed

# From exchanges (draws, groups), 1 = exchanged, to differences of the means over seeds (draws,).
Differences = Callable[[Floats], Floats]

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
    at least as large as the real one, which counts as one of them (Phipson and Smyth 2010). Without a real
    difference both values are nan.
    """
    names, _ = better.by_group()
    exact = len(names) <= _MOST_EXACT
    difference_of = _of_worst(better, than) if metric == WORST else _of_sums(better, than, metric)
    real, extreme, tried = 0.0, 0, 0
    for exchanged in _exchanges(len(names), exact, seed):
        differences = np.abs(difference_of(exchanged))
        if not tried:
            # The first exchange is none.
            real = float(differences[0])
            if math.isnan(real):
                return PermutationTest(p=math.nan, smallest=math.nan)
        # One that has no difference to compare counts against the real one.
        extreme += int(np.count_nonzero(~(differences < real - _TIE)))
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


def _of_sums(better: Cell, than: Cell, metric: str) -> Differences:
    first, second = (sums_of_groups(cell, [metric]) for cell in (better, than))
    whole = [sums.sum(1, keepdims=True) for sums in (first, second)]

    def differences(exchanged: Floats) -> Floats:
        moved = weighed(exchanged, second - first)
        scores = [scores_of_sums(sums, [metric])[metric] for sums in (whole[0] + moved, whole[1] - moved)]
        return np.asarray((scores[0] - scores[1]).mean(0))

    return differences


def _of_worst(better: Cell, than: Cell) -> Differences:
    names, numbers = better.by_group()
    # Groups twice: as they are, and exchanged.
    twice = np.concatenate([numbers, numbers + len(names)])
    pairs = list(zip(picture_scores(better, WORST), picture_scores(than, WORST), strict=True))

    def differences(exchanged: Floats) -> Floats:
        kept = np.concatenate([1 - exchanged, exchanged], axis=1)
        moved = 1 - kept
        of_seeds = [
            worst_mean(scores, twice, kept) - worst_mean(scores, twice, moved)
            for scores in map(np.concatenate, pairs)
        ]
        return np.asarray(np.mean(of_seeds, axis=0))

    return differences
