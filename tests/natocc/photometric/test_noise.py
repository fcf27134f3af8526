from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import pytest
import skimage.data

from natocc.geometry import Image
from natocc.photometric.noise import Grain, Noise, add_noise, draw_noise, estimate_noise, missing_noise

FULL = Noise(strength=1.0, seed=3)


def everywhere(image: Image) -> Image:
    return np.ones(image.shape[:2], np.uint8)


def with_white(image: Image, sigma: float) -> Image:
    noise = np.random.default_rng(5).normal(0, sigma, (*image.shape[:2], 1))
    return np.clip(np.rint(image + noise), 0, 255).astype(np.uint8)


def known(image: Image) -> Grain:
    grain = estimate_noise(image, everywhere(image))
    assert grain is not None
    return grain


@cache
def pictures() -> dict[str, Image]:
    return {
        "astronaut": np.ascontiguousarray(skimage.data.astronaut()),
        "coffee": np.ascontiguousarray(skimage.data.coffee()),
        "leaves": cv2.cvtColor(skimage.data.grass(), cv2.COLOR_GRAY2RGB).astype(np.uint8),
        "grey": np.full((300, 260, 3), 120, np.uint8),
    }


@pytest.mark.parametrize("name", ["astronaut", "coffee", "grey"])
@pytest.mark.parametrize("sigma", [2.0, 5.0, 8.0])
def test_noise_is_measured_beside_structure(name: str, sigma: float) -> None:
    # White noise keeps 0.92 of itself above the high-pass.
    before, after = known(pictures()[name]), known(with_white(pictures()[name], sigma))
    assert (after.sigma**2 - before.sigma**2) ** 0.5 == pytest.approx(0.92 * sigma, rel=0.15)


def test_more_noise_measures_more_and_coarse_grain_is_seen() -> None:
    measured = [known(with_white(pictures()["coffee"], sigma)).sigma for sigma in (0, 1, 2, 4, 8)]
    assert measured == sorted(measured)
    grey = with_white(pictures()["grey"], 20)
    sizes = [known(grey).size]
    sizes += [known(cv2.GaussianBlur(grey, (0, 0), size).astype(np.uint8)).size for size in (0.8, 1.2)]
    assert sizes == [0.5, 0.8, 1.2]


@pytest.mark.parametrize("name", ["astronaut", "coffee", "grey"])
@pytest.mark.parametrize("size", [0.5, 0.8, 1.2])
def test_the_occluder_ends_as_noisy_as_the_face_and_no_noisier(name: str, size: float) -> None:
    thing = pictures()[name]
    for sigma in (1.5, 3.0, 6.0):
        face = Grain(sigma=sigma, size=size)
        after = known(add_noise(thing, face, known(thing), FULL)).sigma
        assert 0.85 * sigma < after < 1.1 * sigma


def test_a_noisier_occluder_and_an_unknown_one_stay_to_the_bit() -> None:
    thing = pictures()["leaves"]
    own = known(thing)
    for face, occluder in (
        (Grain(sigma=own.sigma - 0.1, size=0.5), own),
        (own, own),
        (None, own),
        (own, None),
    ):
        assert missing_noise(face, occluder) == 0
        assert add_noise(thing, face, occluder, FULL) is thing
    noisy = Grain(sigma=5.0, size=0.8)
    assert add_noise(thing, noisy, Grain(sigma=0.0, size=0.5), Noise(strength=0.0, seed=1)) is thing
    assert missing_noise(Grain(sigma=99.0, size=0.5), Grain(sigma=0.0, size=0.5)) == 8.0


def test_noise_is_mostly_luma_and_moves_no_mean() -> None:
    grey = pictures()["grey"]
    added = add_noise(grey, Grain(sigma=6.0, size=0.8), Grain(sigma=0.0, size=0.5), FULL).astype(float) - 120
    assert abs(added.mean()) < 0.15
    shared = added.mean(2, keepdims=True)
    assert 0.1 < (added - shared).std() / shared.std() < 0.5


def test_the_seed_alone_decides() -> None:
    grey, face, none = pictures()["grey"], Grain(sigma=4.0, size=0.8), Grain(sigma=0.0, size=0.5)
    one, again, other = (add_noise(grey, face, none, Noise(strength=1.0, seed=seed)) for seed in (8, 8, 9))
    assert np.array_equal(one, again) and not np.array_equal(one, other)
    drawn = [draw_noise(np.random.default_rng(seed)) for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2] and all(0.8 <= noise.strength <= 1 for noise in drawn)


@pytest.mark.parametrize("size", [(1, 1), (30, 20), (64, 64), (97, 250), (700, 2048)])
def test_any_size_is_judged_or_left(size: tuple[int, int]) -> None:
    picture = np.full((*size, 3), 100, np.uint8)
    grain = estimate_noise(picture, everywhere(picture))
    assert (grain is None) == (min(size) <= 64)
    assert estimate_noise(picture, everywhere(picture) * 0) is None
    noisy = add_noise(picture, Grain(sigma=3.0, size=1.2), Grain(sigma=0.0, size=0.5), FULL)
    assert noisy.shape == picture.shape and noisy.dtype == np.uint8
    if min(size) > 64:
        assert known(noisy).sigma == pytest.approx(3, rel=0.15)
        quarters = [noisy[: size[0] // 2], noisy[size[0] // 2 :]]
        assert not np.array_equal(quarters[0], quarters[1][: len(quarters[0])]), "the tile shows no repeat"


@pytest.mark.parametrize("grey", [0, 255])
def test_clipped_pictures_are_not_taken_for_clean_ones(grey: int) -> None:
    picture = np.full((200, 200, 3), grey, np.uint8)
    assert estimate_noise(picture, everywhere(picture)) is None
    assert add_noise(picture[:0], Grain(sigma=3.0, size=0.5), Grain(sigma=0.0, size=0.5), FULL).size == 0
