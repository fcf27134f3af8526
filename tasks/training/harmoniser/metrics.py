"""Errors of harmonised pictures against the real pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from natocc.geometry import Image, mask_box
from natocc.harmonise.statistics import harmonise_statistics
from tasks.training.harmoniser.data.pairs import CompositePair

# Upper limit: equal pictures have an infinite PSNR, which would make the mean infinite.
_HIGHEST_PSNR = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmoniserError:
    """Errors of one picture with levels 0-255; PSNR in dB, at most 100.

    ``mse`` and ``psnr`` are over the whole picture, ``fmse`` over the pixels with a matte of 128 or more.
    """

    mse: float
    psnr: float
    fmse: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmoniserScore:
    """Means of the errors over ``pictures``, rounded to two decimals."""

    pictures: int
    mse: float
    psnr: float
    fmse: float


def measure(harmonised: Image, pair: CompositePair) -> HarmoniserError:
    """Return the errors of a picture, RGB uint8 (H, W, 3)."""
    squared = (harmonised.astype(np.float64) - pair.real) ** 2
    mse = float(squared.mean())
    psnr = float(10 * np.log10(255**2 / mse)) if mse > 0 else _HIGHEST_PSNR
    return HarmoniserError(
        mse=mse, psnr=min(psnr, _HIGHEST_PSNR), fmse=float(squared[pair.matte > 127].mean())
    )


def mean_score(errors: Sequence[HarmoniserError]) -> HarmoniserScore:
    """Return the mean errors of one or more pictures."""

    def mean(values: list[float]) -> float:
        return round(float(np.mean(values)), 2)

    return HarmoniserScore(
        pictures=len(errors),
        mse=mean([error.mse for error in errors]),
        psnr=mean([error.psnr for error in errors]),
        fmse=mean([error.fmse for error in errors]),
    )


def harmonise_by_statistics(pair: CompositePair) -> Image:
    """Harmonise the composite without a network, at the pair's size."""
    box = mask_box(pair.matte)
    harmonised = pair.composite.copy()
    harmonised[box.slices] = harmonise_statistics(pair.composite, pair.matte[box.slices], box)
    return harmonised
