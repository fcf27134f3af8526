from __future__ import annotations

import numpy as np
import pytest

from tasks.training.segmenter.feed.views.colours import distort_photometrically, jitter, tint


def picture() -> np.ndarray:
    return np.random.default_rng(0).integers(30, 220, (16, 16, 3)).astype(np.uint8)


@pytest.mark.parametrize("change", [distort_photometrically, jitter, tint])
def test_colours_follow_from_the_generator_and_stay_in_range(change: object) -> None:
    assert callable(change)
    image = picture()
    found = [change(image, np.random.default_rng(seed)) for seed in (1, 1, 2)]
    assert np.array_equal(found[0], found[1]) and not np.array_equal(found[0], found[2])
    assert found[0].shape == image.shape and found[0].dtype == np.uint8


def test_the_distortion_has_mmsegmentation_s_bounds() -> None:
    grey = np.full((4, 4, 3), 100, np.uint8)
    levels = [int(distort_photometrically(grey, np.random.default_rng(seed))[0, 0, 0]) for seed in range(400)]
    # Brightness by 32 at most, times a contrast of 0.5 to 1.5; grey has no saturation and no hue.
    assert 34 <= min(levels) < 60 and 150 < max(levels) <= 198
    assert levels.count(100) > 60


def test_a_tint_multiplies_each_channel() -> None:
    tinted = tint(np.full((2, 2, 3), 100, np.uint8), np.random.default_rng(0))
    assert 75 <= tinted.min() < tinted.max() <= 125 and (tinted == tinted[0, 0]).all()
