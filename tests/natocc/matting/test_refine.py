from __future__ import annotations

import cv2
import numpy as np
import pytest
import skimage.data

from natocc.geometry import Image
from natocc.matting.refine import band_width, refine_matte


def thing(side: int = 160) -> Image:
    """A pear with a stem five pixels thick."""
    plane = np.zeros((side, side), np.uint8)
    cv2.ellipse(plane, (side // 2, side // 2 + 20), (side // 4, side // 5), 20, 0, 360, 255, -1, cv2.LINE_AA)
    cv2.line(plane, (side // 2, side // 2), (side // 2 + 30, 15), 255, 5, cv2.LINE_AA)
    return plane


def photograph(alpha: Image) -> Image:
    """Texture of one kind on texture of another, blurred a little and with noise."""
    side = alpha.shape[0]
    inside = np.ascontiguousarray(skimage.data.coffee()[150 : 150 + side, 250 : 250 + side])
    ground = np.ascontiguousarray(skimage.data.chelsea()[:side, :side])[..., ::-1]
    share = alpha[..., None] / 255
    mixed = cv2.GaussianBlur(share * inside + (1 - share) * ground, (0, 0), 0.5)
    noise = np.random.default_rng(1).normal(0, 2, mixed.shape)
    return np.clip(mixed + noise, 0, 255).astype(np.uint8)


def coarse(alpha: Image, error: float) -> Image:
    """The outline as people draw it: few corners, each a little off."""
    contours = cv2.findContours((alpha > 127).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0]
    corners = cv2.approxPolyDP(max(contours, key=cv2.contourArea), error, True).astype(np.float64)
    corners += np.random.default_rng(2).normal(0, 0.7, corners.shape)
    mask = np.zeros_like(alpha)
    cv2.fillPoly(mask, [np.rint(corners).astype(np.int32)], 255)
    return mask


def off(found: Image, alpha: Image) -> float:
    """Pixels on the wrong side, as a share of the thing."""
    return float(((found > 127) != (alpha > 127)).sum() / (alpha > 127).sum())


@pytest.mark.parametrize("error", [2.0, 4.0])
def test_a_coarse_outline_comes_three_times_closer(error: float) -> None:
    alpha = thing()
    mask = coarse(alpha, error)
    found = refine_matte(photograph(alpha), mask, band_width(mask))
    assert found.sound and found.told > 0.95
    assert off(found.alpha, alpha) < min(off(mask, alpha) / 3, 0.03)
    assert found.change == pytest.approx(
        off(found.alpha, mask) * (alpha > 127).sum() / (mask > 0).sum(), abs=0.03
    )


def test_thin_parts_are_kept() -> None:
    alpha = thing()
    found = refine_matte(photograph(alpha), coarse(alpha, 2), 4)
    stem = np.zeros_like(alpha)
    cv2.line(stem, (95, 50), (108, 20), 255, 1)
    assert (found.alpha[stem > 0] > 127).mean() > 0.9


def test_beyond_the_band_the_mask_holds() -> None:
    alpha = thing()
    mask = coarse(alpha, 3)
    found = refine_matte(photograph(alpha), mask, 3).alpha
    wide = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
    assert (found[cv2.erode(mask, wide) > 0] == 255).all() and not found[cv2.dilate(mask, wide) == 0].any()


def test_a_thing_like_its_ground_is_not_trusted_and_nothing_strays() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (160, 160, 3), np.uint8)
    mask = coarse(thing(), 3)
    found = refine_matte(noise, mask, 4)
    assert not found.sound and found.told < 0.7
    assert cv2.connectedComponents((found.alpha > 127).astype(np.uint8))[0] == 2


def test_plain_grey_gives_the_outline_back() -> None:
    mask = coarse(thing(), 3)
    found = refine_matte(np.full((160, 160, 3), 128, np.uint8), mask, 4)
    assert off(found.alpha, mask) < 0.02


@pytest.mark.parametrize("mask", [np.zeros((40, 40), np.uint8), np.full((40, 40), 255, np.uint8)])
def test_without_thing_or_ground_the_mask_is_what_there_is(mask: Image) -> None:
    found = refine_matte(photograph(thing(40)), mask, 3)
    assert not found.sound and found.change == 0 and np.array_equal(found.alpha, mask)


def test_what_the_border_cuts_off_is_no_outline() -> None:
    alpha = np.zeros((120, 160), np.uint8)
    alpha[40:] = 255
    photo = photograph(thing())[:120].copy()
    photo[:40] = (20, 200, 40)
    found = refine_matte(photo, np.roll(alpha, 2, axis=0) | alpha, 4)
    assert (found.alpha[60:] == 255).all()
    assert ((found.alpha > 127).argmax(axis=0) - 40).max() <= 1


def test_the_band_grows_with_the_thing_within_limits() -> None:
    widths = [band_width(np.full((side, side), 255, np.uint8)) for side in (10, 100, 200, 300, 2000)]
    assert widths == [2, 4, 5, 6, 8]


def test_the_same_picture_gives_the_same_matte() -> None:
    alpha = thing()
    one, two = (refine_matte(photograph(alpha), coarse(alpha, 3), 4) for _ in range(2))
    assert np.array_equal(one.alpha, two.alpha) and one.told == two.told
