from __future__ import annotations

import numpy as np
import pytest

from natocc.harmonise.recolour import Recolouring, recolour_region
from tasks.training.harmoniser.data.pairs import Pair
from tasks.training.harmoniser.metrics import by_statistics, mean_score, measure
from tests.harmonizer_photos import photographs
from tests.raw_trees import disc


def test_errors_are_those_of_the_formulas() -> None:
    real = np.full((4, 4, 3), 100, np.uint8)
    composite, matte = real.copy(), np.zeros((4, 4), np.uint8)
    matte[0], composite[0] = 255, (110, 100, 100)
    matte[1], composite[1] = 127, 130
    mse, psnr, fmse = measure(composite, Pair(name="", composite=composite, real=real, matte=matte))
    assert fmse == pytest.approx(100 / 3)
    assert mse == pytest.approx((4 * 100 / 3 + 4 * 900) / 16)
    assert psnr == pytest.approx(10 * np.log10(65025 / mse))
    assert measure(real, Pair(name="", composite=composite, real=real, matte=matte)) == (0, 100, 0)


def test_the_mean_is_taken_over_pictures() -> None:
    score = mean_score([(1.0, 40.0, 10.0), (3.0, 20.0, 30.004)])
    assert (score.pictures, score.mse, score.psnr, score.fmse) == (2, 2.0, 30.0, 20.0)


def test_statistics_bring_a_darkened_region_nearer() -> None:
    real, matte = photographs(2)[1], disc(96, 128)
    composite = recolour_region(real, matte, Recolouring(exposure=-1.5))
    pair = Pair(name="", composite=composite, real=real, matte=matte)
    made = by_statistics(pair)
    assert np.array_equal(made[matte == 0], real[matte == 0])
    assert measure(made, pair)[2] < 0.8 * measure(composite, pair)[2]
