from __future__ import annotations

import albumentations
import cv2
import numpy as np
import pytest
import skimage.data
from hypothesis import given
from hypothesis import strategies as st

from natocc.photometric.tone import Tone, apply_tone, compress, draw_tone
from natocc.randomness import Streams

PICTURE = skimage.data.astronaut()[:160, 40:240]
LIMITS = st.floats(-0.2, 0.2)


@given(LIMITS, LIMITS, st.booleans())
def test_brightness_and_contrast_are_albumentations(
    contrast: float, brightness: float, by_mean: bool
) -> None:
    theirs = albumentations.RandomBrightnessContrast(
        brightness_limit=(brightness, brightness),
        contrast_limit=(contrast, contrast),
        brightness_by_max=not by_mean,
        p=1.0,
    )
    tone = Tone(contrast=1 + contrast, brightness=brightness, by_mean=by_mean)
    expected = theirs(image=PICTURE)["image"]
    assert cv2.absdiff(apply_tone(PICTURE, tone, float(PICTURE.mean())), expected).max() <= 1


def test_drawn_tones_fill_their_limits() -> None:
    many = [draw_tone(Streams(seed, "test", "0").stage("tone"), 0.1, by_mean=True) for seed in range(2000)]
    contrast = np.array([one.contrast for one in many])
    brightness = np.array([one.brightness for one in many])
    assert 0.9 <= contrast.min() < 0.901 and 1.099 < contrast.max() <= 1.1
    assert -0.1 <= brightness.min() < -0.099 and 0.099 < brightness.max() <= 0.1
    assert abs(np.corrcoef(contrast, brightness)[0, 1]) < 0.08


def test_a_neutral_tone_changes_nothing() -> None:
    assert np.array_equal(apply_tone(PICTURE, Tone(contrast=1, brightness=0, by_mean=False)), PICTURE)


def test_extremes_are_clipped_not_wrapped() -> None:
    ramp = np.arange(256, dtype=np.uint8).reshape(1, 256)
    bright = apply_tone(ramp, Tone(contrast=1.2, brightness=0.2, by_mean=False))
    dark = apply_tone(ramp, Tone(contrast=1.0, brightness=-0.2, by_mean=False))
    assert bright[0, -1] == 255 and (np.diff(bright.astype(int)) >= 0).all()
    assert dark[0, 0] == 0 and (np.diff(dark.astype(int)) >= 0).all()


@pytest.mark.parametrize("quality", [70, 85, 100])
def test_compression_is_albumentations_with_colours_in_their_order(quality: int) -> None:
    theirs = albumentations.ImageCompression(quality_range=(quality, quality), p=1.0)
    # They encode RGB as if it were BGR, which weighs red as blue.
    swapped = theirs(image=np.ascontiguousarray(PICTURE[..., ::-1]))["image"][..., ::-1]
    assert cv2.absdiff(compress(PICTURE, quality), np.ascontiguousarray(swapped)).max() <= 1
