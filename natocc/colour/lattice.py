"""Scattered colours and a motion for each, approximated on lattices of the RGB cube from coarse to fine.

Multilevel approximation of scattered data (Lee, Wolberg and Shin, IEEE TVCG 1997, with trilinear instead
of cubic weights): an affine map first, then lattices, each fitted to the residual of the coarser ones. All
sums run in a fixed order, so equal inputs give equal bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from natocc.colour.lut import grid_colours
from natocc.geometry import Float64Array

# Nodes along an axis; each lattice is twice as fine as the one before.
LEVELS = (2, 3, 5, 9, 17, 33)
# Support (in pixels) at which a node takes half of the residual beside it.
_PRIOR = 4.0
# Ridge of the affine map: variance of colours of 0 to 1, per pixel.
_RIDGE = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class NodeWeights:
    """Weights by which M of N pixels distribute their residuals over the nodes of a lattice of ``size``^3.

    ``which`` selects the pixels. ``nodes`` are the flat indices of the eight nodes around each, (8 M,).
    """

    which: slice
    nodes: NDArray[np.int64]
    # The share of a pixel's residual that each node receives; the nearest node receives most; (8, M).
    shares: Float64Array
    # The weight of the pixels around each node plus that of the prior; (size^3,).
    support: Float64Array

    def fit_nodes(self, residual: Float64Array) -> Float64Array:
        """The nodes' motions (size^3, 3) for the ``residual`` (N, 3) of all pixels."""
        planes = np.ascontiguousarray(residual[self.which].T)
        shared = (np.multiply(self.shares, plane).ravel() for plane in planes)
        sums = [np.bincount(self.nodes, plane, len(self.support)) / self.support for plane in shared]
        return np.stack(sums, axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """The cells of N colours in a lattice of ``size``^3.

    ``nodes`` are the eight corners of each cell as flat indices, ``weights`` their trilinear weights; both
    (8, N).
    """

    size: int
    nodes: NDArray[np.int64]
    weights: Float64Array

    def weights_at(self, which: slice) -> NodeWeights:
        """The weights by which the colours ``which`` distribute their residuals over the nodes."""
        nodes, weights = self.nodes[:, which].ravel(), self.weights[:, which]
        squares = weights * weights
        support = np.asarray(np.bincount(nodes, squares.ravel(), self.size**3), np.float64) + _PRIOR
        return NodeWeights(which, nodes, squares * weights / squares.sum(axis=0), support)

    def interpolate(self, motions: Float64Array) -> Float64Array:
        """The nodes' motions (size^3, 3) at the colours, (N, 3)."""
        planes = [np.ascontiguousarray(plane)[self.nodes] for plane in motions.T]
        return np.stack([(self.weights * plane).sum(axis=0) for plane in planes], axis=1)


def find_cells(colours: Float64Array, size: int) -> Cells:
    """The cells of colours (N, 3), RGB 0-255.

    A node's flat index is (blue · size + green) · size + red, as in ``grid_colours``.
    """
    # Contiguous channels-first arrays make all that follows several times as fast.
    scaled = np.ascontiguousarray(colours.T) * ((size - 1) / 255)
    low = np.minimum(scaled.astype(np.int64), size - 2)
    part = scaled - low
    red, green, blue = np.stack([1 - part, part], axis=1)
    weights = (blue[:, None, None] * green[:, None] * red).reshape(8, -1)
    first = (low[2] * size + low[1]) * size + low[0]
    step = np.arange(2)
    steps = ((step[:, None, None] * size + step[:, None]) * size + step).reshape(8, 1)
    return Cells(size, first + steps, weights)


@dataclass(frozen=True, slots=True, eq=False)
class Motions:
    """A fit: ``offset`` (3,) + colour · ``slopes`` (3, 3), and the nodes of each lattice, (size^3, 3)."""

    offset: Float64Array
    slopes: Float64Array
    nodes: Sequence[Float64Array]

    def table(self) -> Float64Array:
        """The motions of the finest lattice's nodes, (33, 33, 33, 3), indexed [blue, green, red]."""
        coarse = grid_colours(LEVELS[0]).astype(np.float64)
        table: Float64Array = self.offset + np.einsum("...i,ij->...j", coarse, self.slopes)
        for size, nodes in zip(LEVELS, self.nodes, strict=True):
            if len(table) < size:
                table = _refined(table)
            table += nodes.reshape(size, size, size, 3)
        return table


def fit_motions(
    colours: Float64Array, motion: Float64Array, lattices: Sequence[Cells], weights: Sequence[NodeWeights]
) -> tuple[Motions, Float64Array]:
    """Fit the motions (N, 3) of some of N colours; returns the fit and its values at all of them.

    ``lattices`` are the colours' cells at each of ``LEVELS``; ``weights`` select the colours that are
    fitted, the same in each.
    """
    known = weights[0].which
    offset, slopes = _affine(colours[known], motion[known])
    values = offset + np.einsum("ni,ij->nj", colours, slopes)
    levels = []
    for cells, shared in zip(lattices, weights, strict=True):
        levels.append(shared.fit_nodes(motion - values))
        values += cells.interpolate(levels[-1])
    return Motions(offset, slopes, levels), values


def _affine(colours: Float64Array, motion: Float64Array) -> tuple[Float64Array, Float64Array]:
    """Offset (3,) and slopes (3, 3) of a ridge regression of the motion on the colour."""
    middle, shift = colours.mean(axis=0), motion.mean(axis=0)
    off = colours - middle
    # Not a matrix product: those of BLAS depend on the number of threads.
    covariance = np.einsum("ni,nj->ij", off, off) + _RIDGE * 255**2 * len(colours) * np.eye(3)
    slopes = np.linalg.solve(covariance, np.einsum("ni,nj->ij", off, motion - shift))
    return shift - np.einsum("i,ij->j", middle, slopes), slopes


def _refined(table: Float64Array) -> Float64Array:
    """The same piecewise linear function on a lattice twice as fine."""
    for axis in range(3):
        swapped = np.moveaxis(table, axis, 0)
        fine = np.empty((2 * len(swapped) - 1, *swapped.shape[1:]))
        fine[::2], fine[1::2] = swapped, (swapped[1:] + swapped[:-1]) / 2
        table = np.moveaxis(fine, 0, axis)
    return np.ascontiguousarray(table)
