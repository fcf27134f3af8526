"""Foreground and background separated by the colours near each pixel.

Each side has a Gaussian of colours in a window around every pixel, so other parts of the picture have no
influence.
"""

from __future__ import annotations

from typing import NamedTuple, cast

import cv2
import numpy as np

from natocc.geometry import BoolArray, Float32Array, Float64Array, Image

# Least variance of every Gaussian (8-bit Lab levels squared): the variance of noise and coding.
_LEAST = 30.0
# Weight (in pixels) of the whole picture's Gaussian in every window, for windows with few known pixels.
_PRIOR = 1.0


def log_odds(
    rgb: Image, foreground: BoolArray, background: BoolArray, where: BoolArray, reach: int
) -> Float32Array:
    """Log odds (natural) that the pixels ``where`` are foreground, not background; 0 elsewhere.

    ``rgb`` uint8 HxWx3. ``foreground`` and ``background`` (HxW, neither empty) mark the known pixels. The
    known pixels within ``reach`` in either direction define the two Gaussians, in Lab. Result float32 HxW.
    """
    lab = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB).astype(np.float32)
    odds = np.zeros(where.shape, np.float32)
    odds[where] = _cost(lab, background, where, reach) - _cost(lab, foreground, where, reach)
    return odds


class _Covariance(NamedTuple):
    """Symmetric 3x3 matrices of N pixels, each entry (N,)."""

    xx: Float64Array
    xy: Float64Array
    xz: Float64Array
    yy: Float64Array
    yz: Float64Array
    zz: Float64Array


def _cost(lab: Float32Array, known: BoolArray, where: BoolArray, reach: int) -> Float64Array:
    """Negative log density of the pixels ``where`` (N,) in the windows' Gaussians, without the constant."""
    colours = lab[known]
    middle = colours.mean(axis=0)
    # Values near zero keep the sums of squares exact enough in float32.
    centred = lab - middle
    weight = known.astype(np.float32)
    count = _window_sums(weight, reach)[where].astype(np.float64) + _PRIOR
    weighted = centred * weight[..., None]
    means = _window_sums(weighted, reach)[where] / count[:, None]
    off = colours - middle
    # Not a matrix product: those of BLAS depend on the number of threads.
    prior = _PRIOR * (np.einsum("ni,nj->ij", off, off, dtype=np.float64) / len(off))

    def covariance(i: int, j: int) -> Float64Array:
        products = _window_sums(weighted[..., i] * centred[..., j], reach)[where]
        moment = (products + prior[i, j]) / count - means[:, i] * means[:, j]
        return cast(Float64Array, moment + (_LEAST if i == j else 0.0))

    pairs = ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))
    spread = _Covariance(*(covariance(i, j) for i, j in pairs))
    return _half_mahalanobis(centred[where].astype(np.float64) - means, spread)


def _half_mahalanobis(off: Float64Array, c: _Covariance) -> Float64Array:
    """Half of the squared Mahalanobis distance of ``off`` (N, 3) plus half of the log determinant, (N,)."""
    # The adjugate of a symmetric 3x3 matrix, written out.
    xx, xy, xz = c.yy * c.zz - c.yz * c.yz, c.xz * c.yz - c.xy * c.zz, c.xy * c.yz - c.xz * c.yy
    yy, yz, zz = c.xx * c.zz - c.xz * c.xz, c.xy * c.xz - c.xx * c.yz, c.xx * c.yy - c.xy * c.xy
    determinant = np.maximum(c.xx * xx + c.xy * xy + c.xz * xz, 1.0)
    x, y, z = off.T
    square = xx * x * x + yy * y * y + zz * z * z + 2 * (xy * x * y + xz * x * z + yz * y * z)
    return np.asarray(0.5 * (square / determinant + np.log(determinant)))


def _window_sums(plane: Float32Array, reach: int) -> Float32Array:
    side = (2 * reach + 1, 2 * reach + 1)
    return cast(Float32Array, cv2.boxFilter(plane, -1, side, normalize=False, borderType=cv2.BORDER_CONSTANT))
