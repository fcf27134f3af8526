"""Sliced partial optimal transport: every hand colour is matched to a face colour, not the reverse.

Voo et al. (2022) name it as future work; the method is that of Bonneel and Coeurjolly (2019). The other face
colours (teeth, eyes, beard) stay unused, so a hand need not take them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from natocc.colour.lut import Colours
from natocc.geometry import Float64Array

Places = NDArray[np.int64]


def move_partially(source: Colours, target: Colours, directions: Float64Array) -> Colours:
    """Move ``source`` (Mx3) onto a part of ``target`` (Nx3, N ≥ M), one direction after the other."""
    moved, goal = source.astype(np.float64), target.astype(np.float64)
    for direction in directions:
        projected, aims = moved @ direction, np.sort(goal @ direction)
        order = np.argsort(projected, kind="stable")
        ranked = projected[order]
        step = np.empty_like(projected)
        step[order] = aims[assign(ranked, aims)] - ranked
        moved += step[:, None] * direction
    return moved.astype(np.float32)


def assign(source: Float64Array, target: Float64Array) -> Places:
    """The cheapest injective map of sorted ``source`` (M) into sorted ``target`` (N ≥ M).

    Cost is the sum of squared distances. Returns increasing indices into ``target``. Raises ValueError if the
    target is smaller than the source.

    Values are added one by one to the optimal map of the preceding values. A value takes its nearest target
    if that target is free. Otherwise it goes to the right of the last run of neighbouring targets, or that
    run moves one step to the left, whichever costs less.
    """
    count, room = len(source), len(target)
    if room < count:
        raise ValueError(
            f"partial transport: expected at least as many targets as sources, got {room} for {count}; "
            "draw more samples of the face"
        )
    steps, nearest = np.diff(target, prepend=target[:1]), _nearest(source, target)
    runs: list[tuple[int, int]] = []  # first source, first target
    last = -1
    for index in range(count):
        wanted = int(nearest[index])
        if wanted > last:
            if wanted > last + 1 or not runs:
                runs.append((index, wanted))
            last = wanted
            continue
        head, start = runs[-1]
        if last + 1 == room or (
            start > 0 and _shift_gain(source, target, steps, head, start, index, last) > 0
        ):
            runs[-1] = head, start - 1
            _join(runs)
        else:
            last += 1
    places = np.arange(count)
    for (head, start), following in zip(runs, [*(head for head, _ in runs[1:]), count], strict=True):
        places[head:following] += start - head
    return places


def _nearest(source: Float64Array, target: Float64Array) -> Places:
    right = np.clip(np.searchsorted(target, source), 0, len(target) - 1)
    left = np.maximum(right - 1, 0)
    return np.where(source - target[left] <= target[right] - source, left, right)


def _shift_gain(
    source: Float64Array,
    target: Float64Array,
    steps: Float64Array,
    head: int,
    start: int,
    index: int,
    last: int,
) -> float:
    """The cost saved by shifting the run to the left instead of appending ``index`` to its right."""
    shifted = target[start - 1] ** 2 - target[last] ** 2 + 2 * source[head:index] @ steps[start : last + 1]
    kept = (source[index] - target[last + 1]) ** 2 - (source[index] - target[last]) ** 2
    return float(kept - shifted)


def _join(runs: list[tuple[int, int]]) -> None:
    """Merge the last two runs if they touch."""
    if len(runs) > 1:
        (before, first), (head, start) = runs[-2:]
        if first + head - before == start:
            runs[-2:] = [(before, first)]
