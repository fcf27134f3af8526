from __future__ import annotations

import cv2
import numpy as np
import pytest
import skimage.data
from hypothesis import given, settings
from hypothesis import strategies as st

from natocc.geometry import Image
from natocc.harmonise.recolour import (
    Recolouring,
    RecolourLimits,
    draw_recolouring,
    recolour,
    recolour_region,
    tone_curves,
)
from natocc.randomness import Streams

REAL = skimage.data.astronaut()
NONE = RecolourLimits(exposure=0, balance=0, gamma=0, channel_gamma=0, contrast=0, saturation=0)


def drawn(seed: int, limits: RecolourLimits | None = None) -> Recolouring:
    return draw_recolouring(np.random.default_rng(seed), limits)


def matte() -> Image:
    plane = cv2.ellipse(np.zeros((512, 512), np.uint8), (230, 200), (120, 150), 0, 0, 360, 255, -1)
    return np.asarray(cv2.GaussianBlur(plane, (9, 9), 0), np.uint8)


def test_the_default_and_limits_of_zero_change_nothing() -> None:
    assert np.array_equal(recolour(REAL, Recolouring()), REAL)
    assert drawn(0, NONE) == Recolouring()


def test_a_pair_differs_inside_the_matte_alone() -> None:
    kept = REAL.copy()
    composite = recolour_region(REAL, matte(), drawn(1))
    assert np.array_equal(REAL, kept)
    assert np.array_equal(composite[matte() == 0], REAL[matte() == 0])
    assert np.array_equal(composite[matte() == 255], recolour(REAL, drawn(1))[matte() == 255])
    assert np.abs(composite.astype(int) - REAL)[matte() == 255].mean() > 3
    share = matte()[..., None] / 255
    expected = REAL * (1 - share) + recolour(REAL, drawn(1)) * share
    assert np.abs(composite - expected).max() <= 0.51


def test_draws_hang_on_the_key_alone() -> None:
    first, again, other = (
        draw_recolouring(Streams(7, "recolour", sample).stage("colours")) for sample in ("a", "a", "b")
    )
    assert first == again != other


def test_a_property_switched_off_moves_no_other() -> None:
    whole, part = drawn(5), drawn(5, RecolourLimits(contrast=0, exposure=0))
    assert part.contrast == part.exposure == 0
    assert (part.gains, part.gammas, part.saturation) == (whole.gains, whole.gammas, whole.saturation)


def test_draws_reach_their_limits_and_no_further() -> None:
    limits = RecolourLimits()
    draws = [drawn(seed) for seed in range(400)]
    for values, limit in (
        ([drawn.exposure for drawn in draws], limits.exposure),
        ([np.log2(drawn.gains[0]) for drawn in draws], limits.balance),
        ([np.log2(drawn.gains[2]) for drawn in draws], limits.balance),
        ([drawn.contrast for drawn in draws], limits.contrast),
        ([np.log(drawn.saturation) for drawn in draws], limits.saturation),
        ([np.log(drawn.gammas[1]) for drawn in draws], limits.gamma + limits.channel_gamma),
    ):
        assert 0.85 * limit < np.abs(values).max() <= limit
        assert abs(np.mean(values)) < 0.15 * limit
    assert len({drawn.gammas[0] / drawn.gammas[1] for drawn in draws}) == 400


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 100_000))
def test_curves_rise_everywhere_and_stay_in_range(seed: int) -> None:
    curves = tone_curves(drawn(seed))
    assert curves.shape == (3, 256)
    assert (np.diff(curves) > 0).all()
    assert curves.min() >= 0 and curves.max() <= 255 + 1e-9
    assert np.abs(curves[:, 0]).max() < 1e-9


def test_the_strongest_exposure_clips_no_highlights() -> None:
    curve = tone_curves(Recolouring(exposure=0.8))[0]
    assert curve[255] == pytest.approx(255) and len(np.unique(np.rint(curve[200:]))) > 15
    assert np.abs(np.diff(curve, 2))[10:].max() < 0.5, "no kink"


def test_a_stop_is_twice_the_light() -> None:
    dark = np.full((1, 1, 3), 60, np.uint8)
    linear = [
        ((value / 255 + 0.055) / 1.055) ** 2.4
        for value in (60, recolour(dark, Recolouring(exposure=1))[0, 0, 0])
    ]
    assert linear[1] / linear[0] == pytest.approx(2, rel=0.02)


def test_each_property_does_what_it_says() -> None:
    warm = recolour(REAL, Recolouring(gains=(1.2, 1.0, 0.8))).astype(int) - REAL
    assert warm[..., 0].mean() > 3 and np.abs(warm[..., 1]).max() == 0 and warm[..., 2].mean() < -3
    grey = recolour(REAL, Recolouring(saturation=0.0))
    assert np.ptp(grey.astype(int), axis=-1).max() == 0
    dark = recolour(REAL, Recolouring(gammas=(1.3, 1.3, 1.3)))
    assert dark.mean() < REAL.mean() - 5 and dark.max() == REAL.max()
    assert (
        recolour(REAL, Recolouring(contrast=0.5)).std()
        > REAL.std()
        > recolour(REAL, Recolouring(contrast=-0.5)).std()
    )


@pytest.mark.parametrize("shape", [(1, 1), (7, 3)])
def test_empty_full_and_tiny_mattes(shape: tuple[int, int]) -> None:
    picture = np.full((*shape, 3), 90, np.uint8)
    assert np.array_equal(recolour_region(picture, np.zeros(shape, np.uint8), drawn(1)), picture)
    full = recolour_region(picture, np.full(shape, 255, np.uint8), drawn(1))
    assert np.array_equal(full, recolour(picture, drawn(1)))


def test_impossible_values_are_refused() -> None:
    with pytest.raises(ValueError, match=r"exposure: expected 0 or more, got -1"):
        RecolourLimits(exposure=-1)
    with pytest.raises(ValueError, match=r"gamma: expected 0 or more, got nan"):
        RecolourLimits(gamma=float("nan"))
    with pytest.raises(ValueError, match=r"contrast: expected less than 1 \(above, curves fall\), got 1"):
        RecolourLimits(contrast=1)
    with pytest.raises(
        ValueError, match=r"real and matte: expected shapes .* got \(512, 512, 3\) and \(512,\)"
    ):
        recolour_region(REAL, matte()[0], Recolouring())
