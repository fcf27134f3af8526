from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import pytest
import skimage.data

from natocc.geometry import Image
from natocc.photometric.sharpness import estimate_blur, match_sharpness, matte_sigma, missing_blur, soften_to

SIGMAS = (1.0, 2.0, 3.0)


def blurred(image: Image, sigma: float) -> Image:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.uint8) if sigma else image


def inside(image: Image) -> Image:
    height, width = image.shape[:2]
    plane = np.zeros((height, width), np.uint8)
    return cv2.ellipse(
        plane, (width // 2, height // 2), (width * 2 // 5, height * 9 // 20), 0, 0, 360, 1, -1
    ).astype(np.uint8)


@cache
def pictures() -> dict[str, Image]:
    chelsea = np.ascontiguousarray(skimage.data.chelsea())
    return {
        "astronaut": np.ascontiguousarray(skimage.data.astronaut()),
        "chelsea": chelsea,
        "coffee": np.ascontiguousarray(skimage.data.coffee()),
        "noisy": np.clip(chelsea + np.random.default_rng(1).normal(0, 5, chelsea.shape), 0, 255).astype(
            np.uint8
        ),
        "few edges": cv2.rectangle(
            np.full((300, 400, 3), 90, np.uint8), (120, 90), (280, 200), (150, 140, 60), -1
        ).astype(np.uint8),
    }


def known(image: Image) -> float:
    sigma = estimate_blur(image, inside(image))
    assert sigma is not None
    return sigma


@pytest.mark.parametrize("name", sorted(pictures()))
def test_a_blur_is_measured_whatever_the_picture_shows(name: str) -> None:
    # Blurs add as squares to what the picture has of its own. Within a third.
    picture = pictures()[name]
    own = known(picture)
    previous = own
    for sigma in SIGMAS:
        measured = known(blurred(picture, sigma))
        assert measured > previous
        assert (max(0.0, measured**2 - own**2)) ** 0.5 == pytest.approx(sigma, rel=0.34)
        previous = measured


def test_a_hard_step_has_no_blur_and_noise_adds_none() -> None:
    assert known(pictures()["few edges"]) < 0.35
    assert known(pictures()["noisy"]) == pytest.approx(known(pictures()["chelsea"]), abs=0.4)


def test_a_sharp_occluder_gets_the_faces_blur() -> None:
    thing = pictures()["coffee"]
    for sigma in SIGMAS:
        face = blurred(pictures()["astronaut"], sigma)
        matched = match_sharpness(thing, known(face), known(thing))
        assert known(matched) == pytest.approx(known(face), rel=0.25)


def test_a_soft_occluder_and_one_as_sharp_stay_to_the_bit() -> None:
    thing = pictures()["coffee"]
    for face, occluder in ((1.0, 2.0), (1.0, 1.0), (1.1, 1.08), (None, 0.0), (3.0, None)):
        assert missing_blur(face, occluder) == 0
        assert match_sharpness(thing, face, occluder) is thing
    assert missing_blur(6.0, 0.0) <= 4.0


@pytest.mark.parametrize("grey", [0, 77, 255])
@pytest.mark.parametrize("sigma", [0.6, 1.7, 4.0])
def test_grey_stays_grey(grey: int, sigma: float) -> None:
    plain = np.full((61, 90, 3), grey, np.uint8)
    assert cv2.absdiff(match_sharpness(plain, sigma, 0.0), plain).max() <= 1
    assert estimate_blur(plain, inside(plain)) is None, "no edge, nothing to judge"


@pytest.mark.parametrize("size", [(1, 1), (30, 20), (64, 64), (97, 250), (2048, 700)])
def test_any_size_is_judged_or_left(size: tuple[int, int]) -> None:
    picture = cv2.resize(pictures()["coffee"], size[::-1]).astype(np.uint8)
    full = np.ones(size, np.uint8)
    for mask in (full, inside(picture), full * 0):
        sigma = estimate_blur(picture, mask)
        assert sigma is None or 0 <= sigma <= 6
    assert estimate_blur(picture, full * 0) is None
    assert match_sharpness(picture, 3.0, 0.5).shape == picture.shape


def test_the_picture_is_judged_inside_the_mask_alone() -> None:
    picture = blurred(pictures()["astronaut"], 2.0)
    sharp_outside = np.where(inside(picture)[..., None] > 0, picture, pictures()["astronaut"])
    assert known(sharp_outside) == pytest.approx(known(picture), rel=0.02)


def mattes() -> dict[str, Image]:
    disc = cv2.circle(np.zeros((100, 120), np.uint8), (60, 50), 35, 255, -1, cv2.LINE_AA)
    thin = cv2.line(np.zeros((100, 120), np.uint8), (5, 5), (110, 90), 255, 2, cv2.LINE_AA)
    return {
        "disc": disc.astype(np.uint8),
        "thin": thin.astype(np.uint8),
        "full": np.full((50, 40), 255, np.uint8),
    }


@pytest.mark.parametrize("name", sorted(mattes()))
@pytest.mark.parametrize("sigma", [0.6, 1.2, 2.5])
def test_a_softer_matte_gives_the_same_label(name: str, sigma: float) -> None:
    matte = mattes()[name]
    soft = soften_to(matte, sigma)
    assert np.array_equal(soft >= 128, matte >= 128)
    if name == "full":
        assert np.array_equal(soft, matte), "what leaves the picture is not softened at its border"


@pytest.mark.parametrize("sigma", [0.6, 1.2, 2.5])
def test_the_half_contour_stays_and_the_edge_is_as_wide_as_asked(sigma: float) -> None:
    # A straight edge through x = 40.3: grey values of a box-filtered step.
    row = np.clip(np.arange(80) - 40.3 + 0.5, 0, 1)
    matte = np.rint(np.tile(row * 255, (40, 1))).astype(np.uint8)
    middle = soften_to(matte, sigma)[20].astype(float) / 255
    assert np.interp(0.5, middle, np.arange(80)) == pytest.approx(40.3, abs=0.25)
    ends = np.interp([0.1587, 0.8413], middle, np.arange(80))
    assert (ends[1] - ends[0]) / 2 == pytest.approx((sigma**2 + 1 / 12) ** 0.5, rel=0.15)
    disc = soften_to(mattes()["disc"], sigma)[50].astype(float) / 255
    assert np.interp(0.5, disc[:60], np.arange(60)) == pytest.approx(24.5, abs=0.75)


def test_the_mattes_softness_follows_the_face_within_bounds() -> None:
    values = [matte_sigma(sigma) for sigma in (None, 0.0, 0.5, 1.0, 2.0, 3.0, 6.0)]
    assert values == sorted(values) and values[0] > 0 and values[-1] <= 2.5
    assert matte_sigma(2.0) == pytest.approx(1.7)
    matte = mattes()["disc"]
    assert soften_to(matte, 0) is matte
    assert soften_to(matte[:0], 1.0).size == 0
