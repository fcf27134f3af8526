"""The guided filter (He, Sun and Tang, ECCV 2010, section 3.4): a plane smoothed along a picture's edges."""

from __future__ import annotations

from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from natocc.geometry import Float32Array, Image


def guided_filter(rgb: Image, plane: Float32Array, reach: int, evenness: float) -> Float32Array:
    """Fit ``plane`` (float32 HxW) linearly to the colours of ``rgb`` in each window, and average the fits.

    Windows have a side of 2 ``reach`` + 1. Windows in which the variance of the colours (0 to 1) is below
    ``evenness`` count as flat. Result float32 HxW; it may exceed the range of ``plane`` a little.
    """
    guide = rgb.astype(np.float32) / np.float32(255)
    channels = [np.ascontiguousarray(guide[..., channel]) for channel in range(3)]
    means = [_mean(channel, reach) for channel in channels]
    level = _mean(plane, reach)

    def covariance(i: int, j: int) -> NDArray[Any]:
        return _mean(channels[i] * channels[j], reach) - means[i] * means[j]

    rr, gg, bb = (covariance(i, i) + evenness for i in range(3))
    rg, rb, gb = covariance(0, 1), covariance(0, 2), covariance(1, 2)
    with_r, with_g, with_b = (
        _mean(channel * plane, reach) - mean * level for channel, mean in zip(channels, means, strict=True)
    )
    # The inverse of a symmetric 3x3 matrix, written out.
    a11, a12, a13 = gg * bb - gb * gb, rb * gb - rg * bb, rg * gb - rb * gg
    a22, a23, a33 = rr * bb - rb * rb, rg * rb - rr * gb, rr * gg - rg * rg
    determinant = rr * a11 + rg * a12 + rb * a13
    slopes = (
        (a11 * with_r + a12 * with_g + a13 * with_b) / determinant,
        (a12 * with_r + a22 * with_g + a23 * with_b) / determinant,
        (a13 * with_r + a23 * with_g + a33 * with_b) / determinant,
    )
    rest = level - sum(slope * mean for slope, mean in zip(slopes, means, strict=True))
    smooth = sum(_mean(slope, reach) * channel for slope, channel in zip(slopes, channels, strict=True))
    return np.asarray(smooth + _mean(rest, reach), np.float32)


def _mean(plane: NDArray[Any], reach: int) -> Float32Array:
    side = (2 * reach + 1, 2 * reach + 1)
    return cast(Float32Array, cv2.boxFilter(plane, cv2.CV_32F, side, borderType=cv2.BORDER_REFLECT))
