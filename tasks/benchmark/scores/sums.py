"""Sums over a group's pictures, from which scores follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tasks.benchmark.scores.cell import BINNED, COLUMNS, Cell, Floats
from tasks.benchmark.scores.metrics import OF_PICTURES, OF_THE_WHOLE, WORST, face_iou

# The last column of ``Cell.values`` that only calibration needs, and the metric that needs it.
_OF_BINS = "ece"


def sums_of_groups(cell: Cell, metrics: Sequence[str]) -> Floats:
    """Sums (seeds, groups, columns) of what ``metrics`` divide, the groups in order of their names.

    Sums add up: those of several groups, or of one that counts twice, are the sums of theirs. A metric of
    pictures has two columns, its scores and how many there are. The worst pictures' metric has none.
    """
    parts = [cell.values[..., : COLUMNS if _OF_BINS in metrics else BINNED]]
    for name in _of_pictures(metrics):
        scores = picture_scores(cell, name)
        there = ~np.isnan(scores)
        parts.append(np.stack([np.where(there, scores, 0.0), there], axis=-1))
    values = np.concatenate(parts, axis=-1)
    names, numbers = cell.by_group()
    sums = np.zeros((len(cell.seeds), len(names), values.shape[-1]))
    for place, of_seed in enumerate(values):
        np.add.at(sums[place], numbers, of_seed)
    return sums


def weighed(weights: Floats, sums: Floats) -> Floats:
    """Sums (seeds, draws, columns) of groups (seeds, groups, columns) by ``weights`` (draws, groups)."""
    seeds, groups, columns = sums.shape
    # One product is faster than one for each seed.
    side_by_side = sums.transpose(1, 0, 2).reshape(groups, seeds * columns)
    return (weights @ side_by_side).reshape(len(weights), seeds, columns).transpose(1, 0, 2)


def scores_of_sums(sums: Floats, metrics: Sequence[str]) -> Mapping[str, Floats]:
    """Scores (…) by metric of sums (…, columns), of the same ``metrics`` but that of the worst pictures."""
    found = {name: OF_THE_WHOLE[name](sums) for name in metrics if name in OF_THE_WHOLE}
    start = COLUMNS if _OF_BINS in metrics else BINNED
    for place, name in enumerate(_of_pictures(metrics)):
        total, count = (sums[..., start + 2 * place + part] for part in range(2))
        with np.errstate(divide="ignore", invalid="ignore"):
            found[name] = np.asarray(total / count)
    return found


def picture_scores(cell: Cell, metric: str) -> Floats:
    """Scores (seeds, pictures) of a metric that is of pictures; nan of a picture that has none."""
    return (face_iou if metric == WORST else OF_PICTURES[metric])(cell.values)


def _of_pictures(metrics: Sequence[str]) -> list[str]:
    return [name for name in metrics if name in OF_PICTURES]
