from __future__ import annotations

import copy
from dataclasses import replace

import albumentations
import cv2
import numpy as np
import pytest
import skimage.data

from natocc.photometric.blur import Blur, apply_blur, blur_kernel, draw_blur, kernel_noise
from natocc.randomness import Streams


def blur(seed: int) -> Blur:
    return draw_blur(Streams(seed, "test", "0").stage("blur"))


@pytest.mark.parametrize("seed", range(12))
def test_the_kernel_is_albumentations_advanced_blur(seed: int) -> None:
    theirs = albumentations.AdvancedBlur(noise_limit=(1.0, 1.0), p=1.0)
    theirs.set_random_seed(seed)
    draws = copy.deepcopy(theirs.py_random)
    kernel = theirs.get_params()["kernel"]
    # The same draws once more, read off their generator in the order in which they take them.
    draws.choice([3, 5, 7])
    sigma = draws.uniform(0.2, 1.0), draws.uniform(0.2, 1.0)
    angle = draws.uniform(-90, 90)
    beta = draws.uniform(0.5, 1) if draws.random() < 0.5 else draws.uniform(1, 8)
    ours = Blur(size=len(kernel), sigma=sigma, angle=angle, beta=beta, noise_seed=seed)
    plain = blur_kernel(ours) / kernel_noise(ours)
    assert np.allclose(plain / plain.sum(), kernel, atol=1e-6)


@pytest.mark.parametrize("seed", range(12))
def test_filtering_is_albumentations_filtering(seed: int) -> None:
    image = skimage.data.astronaut()[:200, :231]
    theirs = albumentations.AdvancedBlur(p=1.0).apply(image, kernel=blur_kernel(blur(seed)))
    ours = apply_blur(image, blur(seed))
    assert ours.dtype == np.uint8 and cv2.absdiff(ours, theirs).max() <= 1


def test_drawn_blurs_fill_the_papers_ranges() -> None:
    many = [blur(seed) for seed in range(3000)]
    assert {one.size for one in many} == {3, 5, 7} and {one.radius for one in many} == {1, 2, 3}
    sigmas = np.array([one.sigma for one in many])
    assert 0.2 <= sigmas.min() < 0.21 and 0.99 < sigmas.max() <= 1
    assert abs(np.corrcoef(sigmas.T)[0, 1]) < 0.07
    betas = np.array([one.beta for one in many])
    assert betas.min() >= 0.5 and betas.max() <= 8 and abs((betas < 1).mean() - 0.5) < 0.03
    angles = np.array([one.angle for one in many])
    assert -90 <= angles.min() < -89 and 89 < angles.max() <= 90
    assert len({one.noise_seed for one in many}) == 3000


def test_the_kernel_sums_to_one_and_its_noise_stays_within_a_tenth() -> None:
    for seed in range(200):
        assert blur_kernel(blur(seed)).sum() == pytest.approx(1, abs=1e-5)
        assert 0.9 <= kernel_noise(blur(seed)).min() <= kernel_noise(blur(seed)).max() <= 1.1
    assert not np.array_equal(
        blur_kernel(blur(1)), blur_kernel(replace(blur(1), noise_seed=blur(1).noise_seed + 1))
    )


@pytest.mark.parametrize("level", [0, 1, 128, 254, 255])
def test_a_flat_picture_stays_flat(level: int) -> None:
    flat = np.full((20, 31, 3), level, np.uint8)
    assert all(np.array_equal(apply_blur(flat, blur(seed)), flat) for seed in range(20))


def test_a_plain_blur_is_an_upright_gaussian() -> None:
    image = skimage.data.astronaut()[:200, :231]
    rng = np.random.Generator(np.random.PCG64(3))
    for _ in range(6):
        plain = draw_blur(rng, plain=True)
        assert plain == Blur(size=plain.size, sigma=plain.sigma)
        expected = cv2.filter2D(image, -1, blur_kernel(plain))
        assert cv2.absdiff(apply_blur(image, plain), expected).max() <= 1
