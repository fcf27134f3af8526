"""What is said beside a figure that lacks something."""

from __future__ import annotations

import numpy as np

from tasks.benchmark.scores.cell import Cell
from tasks.benchmark.scores.metrics import OF_PICTURES, WORST
from tasks.benchmark.scores.sums import picture_scores

# Of masks that no network of the benchmark made.
_NO_SEED = (-1,)
_OVER_GROUPS = "no spread, and an interval over groups alone"
_ONE_GROUP = "one person or photograph: no interval"


def note_of(cell: Cell, metric: str) -> str:
    """What few seeds or groups do not give, and the pictures that a mean leaves out; "" if nothing lacks."""
    return as_note(of_few(cell), _left_out(cell, metric))


def of_few(cell: Cell) -> str:
    """What the spread or the interval lacks; "" with two seeds and two groups."""
    one_group = len(set(cell.groups)) < 2
    if len(cell.seeds) > 1:
        return _ONE_GROUP if one_group else ""
    few = "masks without seeds" if cell.seeds == _NO_SEED else "one seed"
    return as_note(f"{few}: no spread", _ONE_GROUP) if one_group else f"{few}: {_OVER_GROUPS}"


def missing(metric: str) -> str:
    """Why there is no score of a metric."""
    if metric == "ece":
        return "masks have no probabilities"
    if metric.startswith("alpha"):
        return "no picture has a matte with a soft edge, or there are no probabilities"
    return "no face to find and none found"


def as_note(*notes: str) -> str:
    """Those that say something."""
    return "; ".join(note for note in notes if note)


def _left_out(cell: Cell, metric: str) -> str:
    if metric not in OF_PICTURES and metric != WORST:
        return ""
    count = int(np.isnan(picture_scores(cell, metric)).any(0).sum())
    return f"{count} of {len(cell.keys)} pictures have no face and are left out" if count else ""
