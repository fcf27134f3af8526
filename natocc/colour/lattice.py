"""Scattered colours and a motion for each, approximated on lattices of the RGB cube from coarse to fine.

Multilevel approximation (Lee, Wolberg and Shin, IEEE TVCG 1997, with trilinear instead of cubic weights):
an affine map first, then lattices, each for what the coarser ones leave. Sums alone, in a fixed order:
equal inputs give equal bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from natocc.colour.lut import grid_colours

Floats = NDArray[np.float64]

# Nodes along an axis; each is twice as fine as the one before.
LEVELS = (2, 3, 5, 9, 17, 33)
# Pixels that a node needs to count for half.
_PRIOR = 4.0
# Variance (of colours 0 to 1) that the affine map is held with, as a share of all pixels.
_RIDGE = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class Corners:
    """The eight nodes about each of N colours in a lattice of ``size``^3, all (8, N)."""

    size: int
    # In a flat lattice.
    places: NDArray[np.int64]
    weights: Floats

    def asking(self, which: slice) -> Asking:
        """What some of the colours ask their nodes for."""
        places, weights = self.places[:, which].ravel(), self.weights[:, which]
        squares = weights * weights
        support = np.asarray(np.bincount(places, squares.ravel(), self.size**3), np.float64) + _PRIOR
        return Asking(which, places, squares * weights / squares.sum(axis=0), support)

    def motions_of(self, nodes: Floats) -> Floats:
        """What the nodes' motions (size^3, 3) are at the colours, (N, 3)."""
        planes = [np.ascontiguousarray(plane)[self.places] for plane in nodes.T]
        return np.stack([(self.weights * plane).sum(axis=0) for plane in planes], axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class Asking:
    """``which`` of N colours ask the nodes about them for their motions; M of them."""

    which: slice
    # Of the nodes in a flat lattice, (8 M,).
    places: NDArray[np.int64]
    # What a pixel that is off by 1 asks each node for, the nearest for the most; (8, M).
    shares: Floats
    # A node's number of pixels, so to speak, and the prior's; (size^3,).
    support: Floats

    def nodes_for(self, left: Floats) -> Floats:
        """Motions (size^3, 3) of the nodes for what is ``left`` to all colours, (N, 3)."""
        planes = np.ascontiguousarray(left[self.which].T)
        asked = (np.multiply(self.shares, plane).ravel() for plane in planes)
        sums = [np.bincount(self.places, one, len(self.support)) / self.support for one in asked]
        return np.stack(sums, axis=1)


def corners(colours: Floats, size: int) -> Corners:
    """Those of colours (N, 3), RGB 0-255."""
    # In rows, as all that is made of them: several times as fast.
    scaled = np.ascontiguousarray(colours.T) * ((size - 1) / 255)
    low = np.minimum(scaled.astype(np.int64), size - 2)
    part = scaled - low
    red, green, blue = np.stack([1 - part, part], axis=1)
    weights = (blue[:, None, None] * green[:, None] * red).reshape(8, -1)
    first = (low[2] * size + low[1]) * size + low[0]
    step = np.arange(2)
    steps = ((step[:, None, None] * size + step[:, None]) * size + step).reshape(8, 1)
    return Corners(size, first + steps, weights)


@dataclass(frozen=True, slots=True, eq=False)
class Motions:
    """A fit: ``offset`` (3,) + colour · ``slopes`` (3, 3), and the nodes of each lattice, (size^3, 3)."""

    offset: Floats
    slopes: Floats
    nodes: Sequence[Floats]

    def table(self) -> Floats:
        """The motions of the finest lattice's nodes, (33, 33, 33, 3), indexed [blue, green, red]."""
        coarse = grid_colours(LEVELS[0]).astype(np.float64)
        table: Floats = self.offset + np.einsum("...i,ij->...j", coarse, self.slopes)
        for size, nodes in zip(LEVELS, self.nodes, strict=True):
            if len(table) < size:
                table = _finer(table)
            table += nodes.reshape(size, size, size, 3)
        return table


def fit_motions(
    colours: Floats, motion: Floats, lattices: Sequence[Corners], asking: Sequence[Asking]
) -> tuple[Motions, Floats]:
    """Fitted to the colours that ask, of N and their motions (N, 3), and what the fit is at all of them.

    ``lattices``: the colours' corners at each of ``LEVELS``; ``asking``: the same colours of each.
    """
    known = asking[0].which
    offset, slopes = _affine(colours[known], motion[known])
    found = offset + np.einsum("ni,ij->nj", colours, slopes)
    levels = []
    for lattice, one in zip(lattices, asking, strict=True):
        levels.append(one.nodes_for(motion - found))
        found += lattice.motions_of(levels[-1])
    return Motions(offset, slopes, levels), found


def _affine(colours: Floats, motion: Floats) -> tuple[Floats, Floats]:
    """Offset (3,) and slopes (3, 3) of a ridge regression towards no motion of the differences."""
    middle, shift = colours.mean(axis=0), motion.mean(axis=0)
    off = colours - middle
    # Not a matrix product: those of BLAS depend on the number of threads.
    spread = np.einsum("ni,nj->ij", off, off) + _RIDGE * 255**2 * len(colours) * np.eye(3)
    slopes = np.linalg.solve(spread, np.einsum("ni,nj->ij", off, motion - shift))
    return shift - np.einsum("i,ij->j", middle, slopes), slopes


def _finer(table: Floats) -> Floats:
    """The same linear function on a lattice twice as fine."""
    for axis in range(3):
        swapped = np.moveaxis(table, axis, 0)
        fine = np.empty((2 * len(swapped) - 1, *swapped.shape[1:]))
        fine[::2], fine[1::2] = swapped, (swapped[1:] + swapped[:-1]) / 2
        table = np.moveaxis(fine, 0, axis)
    return np.ascontiguousarray(table)
