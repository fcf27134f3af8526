"""Balanced sliced optimal transport of colours: along a direction, sorted projections are matched."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from natocc.colour.lut import Colours

# Colours that are worked on at a time: their sums stay in the processor's cache.
_BLOCK = 1 << 14
_ALL_BUT_SIGN, _LOW_HALF = np.int32(0x7FFFFFFF), np.int64(0xFFFFFFFF)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transport:
    """Colours (float32, 0-1) to move, and where to: ``source`` Nx3 takes the places of ``goal`` Ux3.

    ``counts`` (int64) tells how many of the sources each goal is for, N in all. ``directions`` (Kx3) are
    followed ``batch`` at a time. ``measured`` is for the record of the sample.
    """

    source: Colours
    goal: Colours
    counts: NDArray[np.int64]
    directions: NDArray[np.float32]
    batch: int
    measured: Mapping[str, float] = field(default_factory=dict)


# Returns the sources after their move (float32 Nx3).
Mover = Callable[[Transport], Colours]


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


def move_by_batches(transport: Transport) -> Colours:
    """Move the sources towards the goals by the mean motion of each batch of directions.

    Sorting is exact, equal projections keep their order, and sums have one order. The result is therefore the
    same on every processor.
    """
    moved, goal = transport.source.T.copy(order="C"), transport.goal.T.copy(order="C")
    steps = np.empty((transport.batch, len(transport.source)), np.float32)
    for start in range(0, len(transport.directions), transport.batch):
        part = transport.directions[start : start + transport.batch]
        for direction, step in zip(part, steps, strict=False):
            projected, goals = _projected(moved, direction), _projected(goal, direction)
            ranks = np.argsort(goals)
            step[_stable_order(projected)] = np.repeat(goals[ranks], transport.counts[ranks])
            step -= projected
        _advance(moved, steps, part)
    return np.ascontiguousarray(moved.T)


def _projected(colours: Colours, direction: NDArray[np.float32]) -> NDArray[np.float32]:
    """The colours (3xN) along the direction. A matrix product would be rounded as the processor does it."""
    result = np.empty(colours.shape[1], np.float32)
    for part in _blocks(colours.shape[1]):
        sums, (red, green, blue) = result[part], colours[:, part]
        np.multiply(red, direction[0], out=sums)
        sums += green * direction[1]
        sums += blue * direction[2]
    return result


def _stable_order(values: NDArray[np.float32]) -> NDArray[np.int64]:
    """``argsort(kind="stable")``, by one sort of whole numbers: a value above, its place below."""
    keys = np.empty(len(values), np.int64)
    for part in _blocks(len(values)):
        # The bits of floats in the order of the values; zero has one sign.
        bits = (values[part] + np.float32(0)).view(np.int32)
        bits ^= (bits >> 31) & _ALL_BUT_SIGN
        key = keys[part]
        key[...] = bits
        key <<= 32
        key |= np.arange(part.start, part.start + len(key))
    keys.sort()
    keys &= _LOW_HALF
    return keys


def _advance(moved: Colours, steps: NDArray[np.float32], directions: NDArray[np.float32]) -> None:
    """Add the mean of the steps (MxN or more rows) along the directions (Mx3) to the colours (3xN)."""
    for part in _blocks(moved.shape[1]):
        for channel in range(3):
            motion = steps[0, part] * directions[0, channel]
            for step, direction in zip(steps[1:, part], directions[1:], strict=False):
                motion += step * direction[channel]
            motion /= np.float32(len(directions))
            moved[channel, part] += motion


def _blocks(count: int) -> Iterator[slice]:
    for start in range(0, count, _BLOCK):
        yield slice(start, start + _BLOCK)
