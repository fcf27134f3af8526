"""Measures and resizing of pictures beside BasicSR's."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from natocc.resize.bicubic import resize_bicubic
from tests.models.basicsr.parts import part, require_basicsr

require_basicsr()
MEASURES = part("metrics.psnr_ssim")
IMRESIZE = part("utils.matlab_functions").imresize


def _picture(height: int, width: int, seed: int = 0) -> NDArray[np.uint8]:
    """Smooth colours with noise on them, from black to white."""
    generator = np.random.default_rng(seed)
    rows, columns = np.mgrid[:height, :width]
    waves = np.sin(rows[..., None] / 5 + np.arange(3)) + np.cos(columns[..., None] / 7)
    noisy = 127.5 + 80 * waves + generator.normal(0, 12, waves.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("strength", [1, 12, 60])
def test_scikit_image_measures_as_basicsr_does(strength: int) -> None:
    truth = _picture(61, 47)
    noise = np.random.default_rng(1).normal(0, strength, truth.shape)
    other = np.clip(truth + noise, 0, 255).astype(np.uint8)
    expected = MEASURES.calculate_psnr(other, truth, crop_border=0)
    assert peak_signal_noise_ratio(truth, other, data_range=255) == pytest.approx(expected, abs=1e-9)
    expected = MEASURES.calculate_ssim(other, truth, crop_border=0)
    # With the Gaussian window of Wang et al. (2004), which is not scikit-image's default.
    got = structural_similarity(
        truth,
        other,
        data_range=255,
        channel_axis=2,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
    )
    assert got == pytest.approx(expected, abs=1e-7)
    assert 0.01 < expected < 0.9999


def test_basicsr_measures_equal_pictures_as_equal() -> None:
    truth = _picture(32, 32)
    assert MEASURES.calculate_psnr(truth, truth, crop_border=0) == float("inf")
    assert MEASURES.calculate_ssim(truth, truth, crop_border=0) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("factor", [1 / 16, 1 / 8, 1 / 4, 1 / 2, 2, 4])
@pytest.mark.parametrize("size", [(64, 96), (48, 32)])
def test_pictures_are_resized_alike(factor: float, size: tuple[int, int]) -> None:
    picture = _picture(*size)
    expected = IMRESIZE(picture.astype(np.float32), factor)
    got = resize_bicubic(picture, round(size[0] * factor), round(size[1] * factor))
    assert got.shape == expected.shape
    # Theirs is float32; a value halfway between two levels may go either way.
    assert np.abs(got - np.clip(expected, 0, 255)).max() <= 0.5 + 1e-3


def test_the_comparison_would_tell_opencv_from_matlab() -> None:
    picture = _picture(64, 64)
    expected = IMRESIZE(picture.astype(np.float32), 1 / 4)
    other = cv2.resize(picture, (16, 16), interpolation=cv2.INTER_CUBIC)
    assert np.abs(other - np.clip(expected, 0, 255)).max() > 5
