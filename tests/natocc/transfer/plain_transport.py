"""Sliced transport as its definition says it, pixel by pixel, to compare quicker forms with."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike, NDArray


def move_plainly(
    source: NDArray[np.float32],
    goal: NDArray[np.float32],
    directions: NDArray[np.float32],
    batch: int,
    dtype: DTypeLike = np.float32,
) -> np.ndarray:
    """The sources (Nx3) after the mean motions of each batch of directions to the goals (Nx3)."""
    moved, goal, directions = (array.astype(dtype) for array in (source, goal, directions))
    for start in range(0, len(directions), batch):
        part = directions[start : start + batch]
        motion = np.zeros_like(moved)
        for direction in part:
            projected, wanted = _along(moved, direction), np.sort(_along(goal, direction))
            order = np.argsort(projected, kind="stable")
            step = np.empty_like(projected)
            step[order] = wanted - projected[order]
            motion += step[:, None] * direction
        moved += motion / moved.dtype.type(len(part))
    return moved


def _along(colours: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """The projections; the three products are added in their order."""
    red, green, blue = colours.T * direction[:, None]
    return np.asarray(red + green + blue)
