"""Scores from counts: over a whole data set, or over its pictures (docs/benchmark.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from tasks.benchmark.counts.table import CALIBRATION_BINS
from tasks.benchmark.scores.cell import (
    ABSOLUTE,
    BAND,
    BINS,
    BOTH,
    EITHER,
    FN,
    FP,
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
    pixels, probability, face = (
        sums[..., BINS + part * CALIBRATION_BINS : BINS + (part + 1) * CALIBRATION_BINS] for part in range(3)
    )
    return _ratio(np.abs(probability - face).sum(-1), pixels.sum(-1))


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
# Of each picture; then averaged. Those of FaceOcc are its IoU, accuracy (global) and recall (section 4.3).
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


def worst_mean(scores: Floats, weights: Floats) -> Floats:
    """The mean of the lowest 5 % of the scores (pictures,), at least of one picture.

    ``weights`` (draws, pictures) say how often each picture counts in a draw. A picture without a face to
    find and without one found has no score and is left out.
    """
    there = ~np.isnan(scores)
    order = np.argsort(scores[there], kind="stable")
    ordered, counts = scores[there][order], weights[:, there][:, order]
    wanted = np.maximum(1.0, np.floor(_WORST * counts.sum(1) + 1e-9))[:, None]
    reached = np.cumsum(counts, axis=1)
    taken = np.clip(wanted - (reached - counts), 0, counts)
    return _ratio((taken * ordered).sum(1), taken.sum(1))


def weighted_mean(scores: Floats, weights: Floats) -> Floats:
    """The mean of scores (pictures,) by weights (draws, pictures), without those that are nan."""
    there = ~np.isnan(scores)
    return _ratio(weights[:, there] @ scores[there], weights[:, there].sum(1))
