"""The variables of a file of COFW: references to images, and a row of numbers for each face.

MATLAB's files hold axes reversed, other writers keep their order:

    MATLAB shows 1345x87  ->  stored 87x1345 by MATLAB, 1345x87 by others

With 87 faces, or 4 of the boxes, the shape is the same both ways, and the numbers decide.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.problems import BadInput, damage_named

LANDMARKS = 29
_MOST_NUMBERS = 10_000_000
Rows = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Variables:
    """``cells`` n references to images, ``points`` n x 87 (29 x, 29 y, 29 bits), ``boxes`` n x 4."""

    cells: Any
    points: Rows
    boxes: Rows


def read_variables(stored: Any, suffix: str) -> Variables:
    """The variables ``Is``, ``phis`` and ``bboxes`` of an open file. Raises BadInput."""
    names = [f"{name}{suffix}" for name in ("Is", "phis", "bboxes")]
    expected = f"the variables {', '.join(names)}"
    with damage_named(expected):
        if not set(names) <= set(stored):
            raise BadInput(expected, ", ".join(sorted(stored)) or "none")
        cells, points, boxes = (_array(stored[name], name) for name in names)
    if cells.dtype != object:
        raise BadInput(f"{names[0]} as a cell array of images", f"an array of {cells.dtype}")
    count = cells.size
    ways_of_points = _ways(points, names[1], count, 3 * LANDMARKS)
    ways_of_boxes = _ways(boxes, names[2], count, 4)
    # The variable whose shape decides comes first, since the other one follows it in doubt.
    if len(ways_of_points) == 1:
        reversed_, found = next(iter(ways_of_points.items()))
        return Variables(
            cells=cells.ravel(),
            points=found,
            boxes=_choose(ways_of_boxes, reversed_, lambda rows: _boxes_of_faces(rows, found)),
        )
    reversed_ = next(iter(ways_of_boxes))
    return Variables(
        cells=cells.ravel(),
        points=_choose(ways_of_points, reversed_, _rows_of_faces),
        boxes=ways_of_boxes[reversed_],
    )


def sound_rows(points: Rows) -> NDArray[np.bool_]:
    """Which rows hold finite landmarks and bits of 0 and 1."""
    finite = np.isfinite(points).all(axis=1)
    return np.asarray(finite & np.isin(points[:, 2 * LANDMARKS :], (0, 1)).all(axis=1))


def landmarks_within(points: Rows, boxes: Rows) -> NDArray[np.float64]:
    """The share of each face's landmarks that lies in its box (x, y, width, height)."""
    x, y = points[:, :LANDMARKS], points[:, LANDMARKS : 2 * LANDMARKS]
    left, top, width, height = (boxes[:, [place]] for place in range(4))
    inside = (x >= left) & (x <= left + width) & (y >= top) & (y <= top + height)
    return np.asarray(inside.mean(axis=1))


def _rows_of_faces(points: Rows) -> int:
    return int(sound_rows(points).sum())


def _boxes_of_faces(boxes: Rows, points: Rows) -> int:
    return int((landmarks_within(points, boxes) > 0.5).sum())


def _choose(ways: dict[bool, Rows], reversed_: bool, score: Callable[[Rows], int]) -> Rows:
    """The way in which more rows are those of a face; if both are equal, the way of the other variable."""
    return ways[max(ways, key=lambda way: (score(ways[way]), way == reversed_))]


def _array(value: Any, name: str) -> NDArray[Any]:
    """The whole variable, with its axes as stored."""
    with damage_named(f"{name} as an array"):
        # Chunks that compress well can stand for more numbers than memory holds.
        if value.size > _MOST_NUMBERS:
            raise BadInput(f"{name} of at most {_MOST_NUMBERS:,} numbers", f"{value.size:,}")
        return np.asarray(value[()])


def _ways(values: NDArray[Any], name: str, count: int, columns: int) -> dict[bool, Rows]:
    """One row a face, in each way that the shape allows: True with the axes reversed, False as stored."""
    ways: dict[bool, Rows] = {}
    if values.dtype.kind in "fiu":
        if values.shape == (columns, count):
            ways[True] = values.T.astype(np.float64)
        if values.shape == (count, columns):
            ways[False] = values.astype(np.float64)
    if not ways:
        axes = "x".join(str(length) for length in values.shape)
        raise BadInput(f"{name} of {count}x{columns} numbers", f"{values.dtype} of {axes}")
    return ways
