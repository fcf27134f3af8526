"""Balanced sliced optimal transport of colours: along a direction, sorted projections are matched."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from natocc.colour.lut import Colours

_T = TypeVar("_T", bound=np.floating[Any])


def draw_bases(rng: Generator, steps: int) -> NDArray[np.float32]:
    """``steps`` random orthonormal bases of colour space, (steps, 3, 3)."""
    bases, _ = np.linalg.qr(rng.standard_normal((steps, 3, 3)))
    return bases.astype(np.float32)


def draw_directions(rng: Generator, count: int) -> NDArray[np.float64]:
    """``count`` random unit directions of colour space, (count, 3)."""
    drawn = rng.standard_normal((count, 3))
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True))


def move_by_bases(source: Colours, target: Colours, bases: NDArray[np.float32]) -> Colours:
    """Move ``source`` (Nx3) onto ``target`` (Nx3), all three axes of a basis at a time."""
    moved = np.ascontiguousarray(source.T)
    goals = np.sort(bases @ target.T, axis=2)
    rows = np.arange(3)[:, None] * len(source)
    for basis, goal in zip(bases, goals, strict=True):
        projected = basis @ moved
        order = np.argsort(projected, axis=1) + rows
        projected.reshape(-1)[order] = goal
        moved = basis.T @ projected
    return np.asarray(moved.T, dtype=np.float32)


def move_by_batches(
    source: NDArray[_T], target: NDArray[_T], directions: NDArray[np.float64], batch: int
) -> NDArray[_T]:
    """Move ``source`` (Nx3) towards ``target`` (Nx3) by the mean motion of each ``batch`` of directions.

    Computed in the precision of the arrays. Equal projections keep their order, so the result is the same on
    every processor.
    """
    moved = source.copy()
    goal = np.ascontiguousarray(target.T)
    for start in range(0, len(directions), batch):
        part = directions[start : start + batch].astype(source.dtype)
        motion = np.zeros_like(moved)
        for direction in part:
            projected = moved @ direction
            order = np.argsort(projected, kind="stable")
            step = np.empty_like(projected)
            step[order] = np.sort(direction @ goal) - projected[order]
            motion += step[:, None] * direction
        moved += motion / source.dtype.type(len(part))
    return moved
