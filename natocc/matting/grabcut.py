"""Foreground cut out by its colours (GrabCut), with a start that needs no random numbers."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from natocc.geometry import Image, mask_box

# OpenCV's mixtures have five components, each with one weight, a mean (3) and a covariance (9).
_COMPONENTS = 5
_ROUNDS = 2
# Margin around the uncertain pixels (pixels). A little background bounds the cut at low cost.
_MARGIN = 12


def cut_by_colours(rgb: Image, labels: Image) -> Image:
    """GrabCut (Rother et al. 2004) from ``labels`` (uint8 HxW of cv2.GC_*): uint8 HxW, 1 in the foreground.

    OpenCV starts its colour mixtures from random numbers. Here each side's mixture starts from fifths of its
    pixels by lightness, so the result depends only on the picture.
    """
    result = _foreground(labels)
    unsure = (labels == cv2.GC_PR_FGD) | (labels == cv2.GC_PR_BGD)
    box = mask_box(unsure | (result > 0)).grow(_MARGIN, (rgb.shape[0], rgb.shape[1]))
    picture = np.ascontiguousarray(rgb[box.slices])
    inner = np.ascontiguousarray(labels[box.slices])
    inside = result[box.slices] > 0
    if not unsure.any() or min(inside.sum(), (~inside).sum()) < 10 * _COMPONENTS:
        return result
    background_model, foreground_model = _mixture(picture[~inside]), _mixture(picture[inside])
    # OpenCV ignores the rectangle if a mask is given.
    cv2.grabCut(picture, inner, (0, 0, 1, 1), background_model, foreground_model, _ROUNDS, cv2.GC_EVAL)
    result[box.slices] = _foreground(inner)
    return result


def _foreground(labels: Image) -> Image:
    return np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)


def _mixture(colours: Image) -> NDArray[np.float64]:
    """1x65: weights, means and covariances of five equal shares of the pixels (Nx3), ordered by lightness."""
    ordered = colours[np.argsort(colours.sum(axis=1, dtype=np.int32), kind="stable")].astype(np.float64)
    parts = np.array_split(ordered, _COMPONENTS)
    weights = [len(part) / len(ordered) for part in parts]
    means = [part.mean(axis=0) for part in parts]
    # The covariance of a single colour would have no inverse.
    spreads = [np.cov(part, rowvar=False, bias=True) + np.eye(3) for part in parts]
    return np.concatenate([weights, np.ravel(means), np.ravel(spreads)])[None].copy()
