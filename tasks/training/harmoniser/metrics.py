"""How far a harmonised picture is from the real one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from natocc.geometry import Image, mask_box
from natocc.harmonise.statistics import harmonise_statistics
from tasks.training.harmoniser.data.pairs import Pair

# Of equal pictures the ratio is infinite, which no mean survives.
_HIGHEST_PSNR = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Figures over 0-255, each the mean over ``pictures`` of that picture's own figure.

    ``mse`` and ``psnr`` (in dB, 100 at most) over the whole picture, ``fmse`` over the pixels whose matte
    is 128 or more.
    """

    pictures: int
    mse: float
    psnr: float
    fmse: float


def measure(made: Image, pair: Pair) -> tuple[float, float, float]:
    """Mean squared error, PSNR and foreground error of one picture (RGB uint8 HxWx3)."""
    squared = (made.astype(np.float64) - pair.real) ** 2
    mse = float(squared.mean())
    psnr = 10 * np.log10(255**2 / mse) if mse > 0 else _HIGHEST_PSNR
    return mse, min(float(psnr), _HIGHEST_PSNR), float(squared[pair.matte > 127].mean())


def mean_score(figures: Sequence[tuple[float, float, float]]) -> Score:
    """The means, two digits behind the point each."""
    mse, psnr, fmse = (round(float(np.mean(column)), 2) for column in zip(*figures, strict=True))
    return Score(pictures=len(figures), mse=mse, psnr=psnr, fmse=fmse)


def by_statistics(pair: Pair) -> Image:
    """The composite as the training-free harmoniser makes it, at the pair's size."""
    box = mask_box(pair.matte)
    harmonised = pair.composite.copy()
    harmonised[box.slices] = harmonise_statistics(pair.composite, pair.matte[box.slices], box)
    return harmonised
