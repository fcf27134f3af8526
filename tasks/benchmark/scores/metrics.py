"""Scores from counts: over a whole data set, or over its pictures (docs/benchmark.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from tasks.benchmark.scores.cell import (
    ABSOLUTE,
    BAND,
    BINNED,
    BOTH,
    COLUMNS,
    EITHER,
    FN,
    FP,
    GAPS,
    SQUARED,
    TN,
    TP,
    Floats,
)

# From counts summed over pictures, (..., columns), to scores (...); nan where there is nothing to divide by.
OfSums = Callable[[Floats], Floats]
_WORST = 0.05


def _ratio(above: Floats, below: Floats) -> Floats:
    """The quotient; nan where both are 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(above / below)


def face_iou(sums: Floats) -> Floats:
    """|P ∩ G| / |P ∪ G| of the face."""
    return _ratio(sums[..., TP], sums[..., TP] + sums[..., FP] + sums[..., FN])


def background_iou(sums: Floats) -> Floats:
    """The same of the background."""
    return _ratio(sums[..., TN], sums[..., TN] + sums[..., FP] + sums[..., FN])


def miou(sums: Floats) -> Floats:
    """The mean of face and background (Voo et al. 2022, section 4.1)."""
    return (face_iou(sums) + background_iou(sums)) / 2


def pixel_accuracy(sums: Floats) -> Floats:
    """The share of pixels whose class is right."""
    return _ratio(sums[..., TP] + sums[..., TN], sums[..., TN : TP + 1].sum(-1))


def fw_iou(sums: Floats) -> Floats:
    """Frequency-weighted IoU: Σ n_c IoU_c / Σ n_c, n_c the pixels labelled c (suggested in section 4.2)."""
    face, background = sums[..., TP] + sums[..., FN], sums[..., TN] + sums[..., FP]
    weighted = face * np.nan_to_num(face_iou(sums)) + background * np.nan_to_num(background_iou(sums))
    return _ratio(weighted, face + background)


def boundary_iou(sums: Floats) -> Floats:
    """IoU of the bands along the face's outline (Cheng et al. 2021)."""
    return _ratio(sums[..., BOTH], sums[..., EITHER])


def alpha_mae(sums: Floats) -> Floats:
    """Mean |error| of the probability of face in the matte's soft edge."""
    return _ratio(sums[..., ABSOLUTE], sums[..., BAND])


def alpha_mse(sums: Floats) -> Floats:
    """Mean error² of the probability of face in the matte's soft edge."""
    return _ratio(sums[..., SQUARED], sums[..., BAND])


def ece(sums: Floats) -> Floats:
    """Expected calibration error of the probability of face: Σ_b n_b/n |mean probability - share of face|."""
    return _ratio(np.abs(sums[..., GAPS:COLUMNS]).sum(-1), sums[..., BINNED])


def face_recall(sums: Floats) -> Floats:
    """|P ∩ G| / |G| of the face."""
    return _ratio(sums[..., TP], sums[..., TP] + sums[..., FN])


# Counts are summed over all pictures first.
OF_THE_WHOLE: Mapping[str, OfSums] = MappingProxyType(
    {
        "face_iou": face_iou,
        "background_iou": background_iou,
        "miou": miou,
        "pixel_accuracy": pixel_accuracy,
        "fw_iou": fw_iou,
        "boundary_iou": boundary_iou,
        "alpha_mae": alpha_mae,
        "alpha_mse": alpha_mse,
        "ece": ece,
    }
)
# Of each picture; then averaged. FaceOcc (section 4) has IoU, accuracy ("Global") and recall.
OF_PICTURES: Mapping[str, OfSums] = MappingProxyType(
    {
        "face_iou_mean": face_iou,
        "faceocc_iou": face_iou,
        "faceocc_accuracy": pixel_accuracy,
        "faceocc_recall": face_recall,
    }
)
WORST = "face_iou_worst5"
METRICS = (*OF_THE_WHOLE, *OF_PICTURES, WORST)


def worst_mean(scores: Floats, numbers: NDArray[np.int64], weights: Floats) -> Floats:
    """The mean (draws,) of the lowest 5 % of the scores (pictures,), at least of one picture.

    ``weights`` (draws, groups) say how often each group counts in a draw, ``numbers`` (pictures,) which is a
    picture's group. A picture without a score (nan) is left out.
    """
    there = np.flatnonzero(~np.isnan(scores))
    order = there[np.argsort(scores[there], kind="stable")]
    total = weights @ np.bincount(numbers[order], minlength=weights.shape[1]).astype(np.float64)
    wanted = np.maximum(1.0, np.floor(_WORST * total + 1e-9))[:, None]
    lowest = int(2 * _WORST * len(order)) + 16
    while True:
        # The lowest pictures that are enough for every draw.
        counts = weights[:, numbers[order[:lowest]]]
        reached = np.cumsum(counts, axis=1)
        if lowest >= len(order) or (reached[:, -1:] >= wanted).all():
            break
        lowest *= 2
    taken = np.clip(wanted - (reached - counts), 0, counts)
    return _ratio((taken * scores[order[:lowest]]).sum(1), taken.sum(1))
