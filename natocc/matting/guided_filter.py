"""The guided filter (He, Sun and Tang, ECCV 2010, section 3.4): a plane smoothed along a picture's edges."""

from __future__ import annotations

from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from natocc.geometry import Image

Floats = NDArray[np.float32]


def guided_filter(rgb: Image, plane: Floats, reach: int, evenness: float) -> Floats:
    """``plane`` (float32 HxW) as a linear function of the colours of ``rgb`` in each window, averaged.

    Windows have a side of 2 ``reach`` + 1; ``evenness`` is the variance of colours (of 0 to 1) below
    which a window counts as flat. Result float32 HxW, which may leave the range of ``plane`` a little.
    """
    guide = rgb.astype(np.float32) / np.float32(255)
    r, g, b = (np.ascontiguousarray(guide[..., at]) for at in range(3))
    means = [_mean(one, reach) for one in (r, g, b)]
    level = _mean(plane, reach)
    rr, rg, rb, gg, gb, bb = (
        _mean(one * two, reach) - one_mean * two_mean
        for one, two, one_mean, two_mean in (
            (r, r, means[0], means[0]),
            (r, g, means[0], means[1]),
            (r, b, means[0], means[2]),
            (g, g, means[1], means[1]),
            (g, b, means[1], means[2]),
            (b, b, means[2], means[2]),
        )
    )
    rr, gg, bb = rr + evenness, gg + evenness, bb + evenness
    with_r, with_g, with_b = (
        _mean(one * plane, reach) - one_mean * level for one, one_mean in zip((r, g, b), means, strict=True)
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
    smooth = sum(_mean(slope, reach) * one for slope, one in zip(slopes, (r, g, b), strict=True))
    return np.asarray(smooth + _mean(rest, reach), np.float32)


def _mean(plane: NDArray[Any], reach: int) -> Floats:
    side = (2 * reach + 1, 2 * reach + 1)
    return cast(Floats, cv2.boxFilter(plane, cv2.CV_32F, side, borderType=cv2.BORDER_REFLECT))
