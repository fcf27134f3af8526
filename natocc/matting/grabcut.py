"""Cutting a thing out by its colours (GrabCut), with a start that needs no random numbers."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from natocc.geometry import Image, mask_box

# OpenCV's mixtures have five parts: a weight, a mean of three and a covariance of nine each.
_PARTS = 5
_ROUNDS = 2
# Ground kept about the uncertain pixels: it holds the cut back and is cheap.
_MARGIN = 12


def cut_by_colours(rgb: Image, labels: Image) -> Image:
    """GrabCut (Rother et al. 2004) from ``labels`` (uint8 HxW of cv2.GC_*): uint8 HxW, 1 where the thing is.

    OpenCV seeds its colour mixtures by its random generator. Here they start from fifths of the
    lightness of either side, so that the result depends on the picture alone.
    """
    result = _thing(labels)
    unsure = (labels == cv2.GC_PR_FGD) | (labels == cv2.GC_PR_BGD)
    box = mask_box(unsure | (result > 0)).grow(_MARGIN, (rgb.shape[0], rgb.shape[1]))
    picture = np.ascontiguousarray(rgb[box.slices])
    inner = np.ascontiguousarray(labels[box.slices])
    thing = result[box.slices] > 0
    if not unsure.any() or min(thing.sum(), (~thing).sum()) < 10 * _PARTS:
        return result
    ground_model, thing_model = _mixture(picture[~thing]), _mixture(picture[thing])
    # A mask is given, so the rectangle is not looked at.
    cv2.grabCut(picture, inner, (0, 0, 1, 1), ground_model, thing_model, _ROUNDS, cv2.GC_EVAL)
    result[box.slices] = _thing(inner)
    return result


def _thing(labels: Image) -> Image:
    return np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)


def _mixture(colours: Image) -> NDArray[np.float64]:
    """1x65: means and covariances of five equal shares of the pixels (Nx3), ordered by lightness."""
    ordered = colours[np.argsort(colours.sum(axis=1, dtype=np.int32), kind="stable")].astype(np.float64)
    parts = np.array_split(ordered, _PARTS)
    weights = [len(part) / len(ordered) for part in parts]
    means = [part.mean(axis=0) for part in parts]
    # A share of one colour alone has no inverse.
    spreads = [np.cov(part, rowvar=False, bias=True) + np.eye(3) for part in parts]
    return np.concatenate([weights, np.ravel(means), np.ravel(spreads)])[None].copy()
