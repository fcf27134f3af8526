"""How photographs are ruined: drawn once, then the same each time, and never out of shape."""

from __future__ import annotations

import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from skimage.metrics import peak_signal_noise_ratio

from natocc.randomness import Streams
from natocc.resize.bicubic import resize_bicubic
from tasks.training.upscaler.degradation import degrade, draw_degradation
from tests.raw_trees import portrait


@given(st.integers(0, 10**6), st.sampled_from([(4, 16), (16, 64), (64, 256), (16, 256)]))
def test_it_is_drawn_within_its_ranges_and_repeats(number: int, sizes: tuple[int, int]) -> None:
    how = draw_degradation(Streams(0, "test", str(number)).stage("degradation"), *sizes)
    assert how == draw_degradation(Streams(0, "test", str(number)).stage("degradation"), *sizes)
    factor = sizes[1] / sizes[0]
    assert all(0.05 * factor <= sigma <= 0.6 * factor for sigma in how.blur.sigma)
    assert how.blur.size % 2 == 1 and how.blur.size >= 6 * max(how.blur.sigma) - 1
    assert sizes[0] <= how.side <= sizes[1] and 40 <= how.quality <= 95 and 0 <= how.sigma <= 8
    photo = portrait(sizes[1], sizes[1])
    small = degrade(photo, sizes[0], how)
    assert small.shape == (sizes[0], sizes[0], 3) and small.dtype == np.uint8
    assert np.array_equal(small, degrade(photo, sizes[0], how))


def test_draws_differ_in_every_step() -> None:
    drawn = [draw_degradation(Streams(0, "test", str(n)).stage("degradation"), 32, 128) for n in range(60)]
    assert len({how.quality for how in drawn}) > 20 and len({how.side for how in drawn}) > 20
    assert {how.reduced for how in drawn} == {how.enlarged for how in drawn} == {"linear", "area", "cubic"}
    assert any(how.blur.angle for how in drawn) and any(how.blur.angle == 0 for how in drawn)


def test_the_ruined_picture_is_still_the_picture_but_worse_than_reduced() -> None:
    photo = portrait(128, 128)
    reduced = resize_bicubic(photo, 32, 32)
    assert np.array_equal(degrade(photo, 32, None), reduced)
    found = []
    for number in range(30):
        how = draw_degradation(Streams(0, "test", str(number)).stage("degradation"), 32, 128)
        small = degrade(photo, 32, how)
        found.append(peak_signal_noise_ratio(reduced, small))
        # Colours stay, and nothing is moved.
        assert np.abs(small.mean((0, 1)) - reduced.mean((0, 1))).max() < 6
        shift, _ = cv2.phaseCorrelate(
            np.float32(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)),
            np.float32(cv2.cvtColor(reduced, cv2.COLOR_RGB2GRAY)),
        )
        assert max(map(abs, shift)) < 0.5
    assert 20 < np.mean(found) < 36 and np.std(found) > 1
