from __future__ import annotations

import numpy as np
import pytest

from natocc.harmonise.recolour import Recolouring, recolour_region
from tasks.training.harmoniser.data.pairs import CompositePair
from tasks.training.harmoniser.metrics import (
    HarmoniserError,
    harmonise_by_statistics,
    mean_score,
    measure,
)
from tests.harmonizer_photos import photographs
from tests.raw_trees import disc


def test_errors_are_those_of_the_formulas() -> None:
    real = np.full((4, 4, 3), 100, np.uint8)
    composite, matte = real.copy(), np.zeros((4, 4), np.uint8)
    matte[0], composite[0] = 255, (110, 100, 100)
    matte[1], composite[1] = 127, 130
    pair = CompositePair(name="", composite=composite, real=real, matte=matte)
    error = measure(composite, pair)
    assert error.fmse == pytest.approx(100 / 3)
    assert error.mse == pytest.approx((4 * 100 / 3 + 4 * 900) / 16)
    assert error.psnr == pytest.approx(10 * np.log10(65025 / error.mse))
    assert measure(real, pair) == HarmoniserError(mse=0, psnr=100, fmse=0)


def test_the_mean_is_taken_over_pictures() -> None:
    errors = [HarmoniserError(mse=1, psnr=40, fmse=10), HarmoniserError(mse=3, psnr=20, fmse=30.004)]
    score = mean_score(errors)
    assert (score.pictures, score.mse, score.psnr, score.fmse) == (2, 2.0, 30.0, 20.0)


def test_statistics_bring_a_darkened_region_nearer() -> None:
    real, matte = photographs(2)[1], disc(96, 128)
    composite = recolour_region(real, matte, Recolouring(exposure=-1.5))
    pair = CompositePair(name="", composite=composite, real=real, matte=matte)
    harmonised = harmonise_by_statistics(pair)
    assert np.array_equal(harmonised[matte == 0], real[matte == 0])
    assert measure(harmonised, pair).fmse < 0.8 * measure(composite, pair).fmse
