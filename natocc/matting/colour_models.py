"""Two kinds of pixels told apart by the colours beside them.

Each kind has a Gaussian in a window about every pixel, so that other parts of the picture play no part.
"""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from natocc.geometry import Image

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]

# Variance that every Gaussian has at least (8-bit Lab levels squared): noise and coding alone.
_LEAST = 30.0
# The weight, in pixels, of what holds in the whole picture where a window has few of a kind.
_PRIOR = 1.0


def log_odds(rgb: Image, thing: Flags, ground: Flags, where: Flags, reach: int) -> Floats:
    """How much likelier (natural log) the pixels ``where`` are thing than ground; 0 elsewhere.

    ``rgb`` uint8 HxWx3; ``thing`` and ``ground`` (HxW, neither empty) mark the pixels that are known, of
    which those within ``reach`` in either direction make the two Gaussians, in Lab. Result float32 HxW.
    """
    lab = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB).astype(np.float32)
    odds = np.zeros(where.shape, np.float32)
    odds[where] = _unlikely(lab, ground, where, reach) - _unlikely(lab, thing, where, reach)
    return odds


def _unlikely(lab: Floats, known: Flags, where: Flags, reach: int) -> NDArray[np.float64]:
    """Negative log density of the pixels ``where``, less a constant."""
    colours = lab[known]
    middle = colours.mean(axis=0)
    weight = known.astype(np.float32)
    count = _sums(weight, reach)[where].astype(np.float64) + _PRIOR
    about = lab - middle
    own = about[where].astype(np.float64)
    kept = about * weight[..., None]
    means = _sums(kept, reach)[where] / count[:, None]
    off = colours - middle
    # Not a matrix product: those of BLAS depend on the number of threads.
    everywhere = np.einsum("ni,nj->ij", off, off, dtype=np.float64) / len(colours)
    spreads = [
        (_sums(kept[..., i] * about[..., j], reach)[where] + _PRIOR * everywhere[i, j]) / count
        - means[:, i] * means[:, j]
        + (_LEAST if i == j else 0.0)
        for i, j in ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))
    ]
    return _density(own - means, *spreads)


def _density(
    off: NDArray[np.float64],
    xx: NDArray[np.float64],
    xy: NDArray[np.float64],
    xz: NDArray[np.float64],
    yy: NDArray[np.float64],
    yz: NDArray[np.float64],
    zz: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Half of Mahalanobis' square and of the log determinant; the inverse is written out."""
    a, b, c = yy * zz - yz * yz, xz * yz - xy * zz, xy * yz - xz * yy
    d, e, f = xx * zz - xz * xz, xy * xz - xx * yz, xx * yy - xy * xy
    determinant = np.maximum(xx * a + xy * b + xz * c, 1.0)
    x, y, z = off.T
    square = a * x * x + d * y * y + f * z * z + 2 * (b * x * y + c * x * z + e * y * z)
    return np.asarray(0.5 * (square / determinant + np.log(determinant)))


def _sums(plane: Floats, reach: int) -> Floats:
    side = (2 * reach + 1, 2 * reach + 1)
    return cast(Floats, cv2.boxFilter(plane, -1, side, normalize=False, borderType=cv2.BORDER_CONSTANT))
