from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from natocc.compositing import SEAM_REACH, apply_opacity, blend, blur_seam, soften_matte
from natocc.geometry import Box, Image
from tests.natocc.inputs import face

BYTES = st.integers(0, 255)
PICTURES = arrays(np.uint8, (9, 11, 3), elements=BYTES)
MATTES = arrays(np.uint8, (9, 11), elements=BYTES)
OPACITIES = st.one_of(st.just(1.0), st.floats(0.4, 0.8))


def disc(side: int = 120) -> Image:
    return cv2.circle(np.zeros((side, side), np.uint8), (60, 60), 40, 255, -1).astype(np.uint8)


@given(PICTURES, PICTURES, MATTES, OPACITIES)
def test_the_blend_is_the_real_valued_formula_to_one_level(
    clean: Image, rgb: Image, matte: Image, opacity: float
) -> None:
    alpha = apply_opacity(matte, opacity)
    share = alpha[..., None] / 255
    expected = share * rgb + (1 - share) * clean
    got = blend(clean, rgb, alpha)
    assert np.abs(got - expected).max() <= 1
    assert np.array_equal(got[alpha == 0], clean[alpha == 0]) and np.array_equal(
        got[alpha == 255], rgb[alpha == 255]
    )


@given(PICTURES, PICTURES, st.integers(0, 98))
def test_few_soft_pixels_are_blended_as_many_are(clean: Image, rgb: Image, level: int) -> None:
    # One soft pixel goes one way, all of them the other.
    single = np.zeros((9, 11), np.uint8)
    single.reshape(-1)[level] = level + 100
    every = np.full((9, 11), level + 100, np.uint8)
    one, many = blend(clean, rgb, single), blend(clean, rgb, every)
    assert np.abs(one[single > 0].astype(int) - many[single > 0]).max() <= 1


def test_the_pictures_are_not_written_to() -> None:
    under, over = face(64).image.copy(), np.zeros((64, 64, 3), np.uint8)
    blend(under, over, np.full((64, 64), 255, np.uint8))
    assert np.array_equal(under, face(64).image) and not over.any()


@given(MATTES, st.floats(0.01, 1.0))
def test_alpha_is_matte_times_opacity_rounded(matte: Image, opacity: float) -> None:
    assert np.abs(apply_opacity(matte, opacity) - matte * opacity).max() <= 0.5 + 1e-9
    assert np.array_equal(apply_opacity(matte, 1.0), matte)


def test_an_empty_layer_is_no_occlusion() -> None:
    nothing = np.zeros((0, 0, 3), np.uint8)
    assert blend(nothing, nothing, np.zeros((0, 0), np.uint8)).shape == (0, 0, 3)


@pytest.mark.parametrize("level", [0, 130, 255])
@pytest.mark.parametrize("seam", [False, True])
def test_grey_on_the_same_grey_shows_no_halo(level: int, seam: bool) -> None:
    # The released code darkens the edge by up to 28 levels.
    grey = np.full((120, 120, 3), level, np.uint8)
    matte = soften_matte(disc())
    image = blend(grey, grey, matte)
    if seam:
        image = blur_seam(image, matte, Box(0, 0, 120, 120))
    assert (image == level).all()


def test_softening_pulls_the_matte_in_by_a_pixel_and_makes_its_edge_soft() -> None:
    edge = np.zeros((40, 40), np.uint8)
    edge[:, 20:] = 255
    row = soften_matte(edge)[20]
    assert (np.diff(row.astype(int)) >= 0).all() and row[18] == 0 and row[23] == 255
    assert row.sum() / 255 == pytest.approx(19, abs=0.05), "half of it lies one pixel further in"
    assert soften_matte(np.full((9, 9), 255, np.uint8)).min() == 255, "the picture's border is no edge"


@given(st.integers(-60, 60), st.integers(-60, 60))
def test_the_seam_changes_a_band_along_the_edge_and_nothing_else(x: int, y: int) -> None:
    picture = face(128).image
    matte = disc()
    box = Box(max(x, 0), max(y, 0), min(x + 120, 128), min(y + 120, 128))
    part = np.ascontiguousarray(matte[box.y0 - y : box.y1 - y, box.x0 - x : box.x1 - x])
    solid = np.zeros((128, 128), np.uint8)
    solid[box.slices] = part
    blurred = blur_seam(picture.copy(), part, box)
    reach = np.ones((2 * SEAM_REACH + 1,) * 2, np.uint8)
    outer, inner = cv2.dilate(solid, reach), cv2.erode(solid, reach)
    band = (outer > 0) & (inner == 0)
    assert np.array_equal(blurred[~band], picture[~band])
    whole = cv2.GaussianBlur(picture, (5, 5), 0)
    assert np.array_equal(blurred[band], whole[band])


def test_the_seam_takes_the_step_out_of_the_edge() -> None:
    black = np.zeros((120, 120, 3), np.uint8)
    matte = disc()
    image = blend(black, black + 255, matte)
    step = np.abs(np.diff(image[60, :, 0].astype(int))).max()
    softer = np.abs(np.diff(blur_seam(image, matte, Box(0, 0, 120, 120))[60, :, 0].astype(int))).max()
    assert step == 255 and softer < 130
