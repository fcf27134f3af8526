from __future__ import annotations

import cv2
import numpy as np
import pytest
import skimage.data

from natocc.geometry import Image
from natocc.matting.refine import band_width, refine_matte


def pear(side: int = 160) -> Image:
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
    """The mask as annotators draw it: few corners, each a little off."""
    contours = cv2.findContours((alpha > 127).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0]
    corners = cv2.approxPolyDP(max(contours, key=cv2.contourArea), error, True).astype(np.float64)
    corners += np.random.default_rng(2).normal(0, 0.7, corners.shape)
    mask = np.zeros_like(alpha)
    cv2.fillPoly(mask, [np.rint(corners).astype(np.int32)], 255)
    return mask


def off(found: Image, alpha: Image) -> float:
    """Pixels on the wrong side, as a share of the foreground."""
    return float(((found > 127) != (alpha > 127)).sum() / (alpha > 127).sum())


@pytest.mark.parametrize("error", [2.0, 4.0])
def test_a_coarse_mask_comes_three_times_closer(error: float) -> None:
    alpha = pear()
    mask = coarse(alpha, error)
    found = refine_matte(photograph(alpha), mask, band_width(mask))
    assert found.sound and found.confidence > 0.95
    assert off(found.alpha, alpha) < min(off(mask, alpha) / 3, 0.03)
    assert found.change == pytest.approx(
        off(found.alpha, mask) * (alpha > 127).sum() / (mask > 0).sum(), abs=0.03
    )


def test_thin_parts_are_kept() -> None:
    alpha = pear()
    found = refine_matte(photograph(alpha), coarse(alpha, 2), 4)
    stem = np.zeros_like(alpha)
    cv2.line(stem, (95, 50), (108, 20), 255, 1)
    assert (found.alpha[stem > 0] > 127).mean() > 0.9


def test_beyond_the_band_the_mask_holds() -> None:
    alpha = pear()
    mask = coarse(alpha, 3)
    found = refine_matte(photograph(alpha), mask, 3).alpha
    wide = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
    assert (found[cv2.erode(mask, wide) > 0] == 255).all() and not found[cv2.dilate(mask, wide) == 0].any()


def test_a_foreground_like_its_background_is_not_sound_and_stays_one_piece() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (160, 160, 3), np.uint8)
    mask = coarse(pear(), 3)
    found = refine_matte(noise, mask, 4)
    assert not found.sound and found.confidence < 0.7
    assert cv2.connectedComponents((found.alpha > 127).astype(np.uint8))[0] == 2


def test_plain_grey_gives_the_mask_back() -> None:
    mask = coarse(pear(), 3)
    found = refine_matte(np.full((160, 160, 3), 128, np.uint8), mask, 4)
    assert off(found.alpha, mask) < 0.02


@pytest.mark.parametrize("mask", [np.zeros((40, 40), np.uint8), np.full((40, 40), 255, np.uint8)])
def test_without_foreground_or_background_the_mask_is_returned(mask: Image) -> None:
    found = refine_matte(photograph(pear(40)), mask, 3)
    assert not found.sound and found.change == 0 and np.array_equal(found.alpha, mask)


def test_the_border_of_the_picture_is_no_edge() -> None:
    alpha = np.zeros((120, 160), np.uint8)
    alpha[40:] = 255
    photo = photograph(pear())[:120].copy()
    photo[:40] = (20, 200, 40)
    found = refine_matte(photo, np.roll(alpha, 2, axis=0) | alpha, 4)
    assert (found.alpha[60:] == 255).all()
    assert ((found.alpha > 127).argmax(axis=0) - 40).max() <= 1


def test_the_band_grows_with_the_mask_within_limits() -> None:
    widths = [band_width(np.full((side, side), 255, np.uint8)) for side in (10, 100, 200, 300, 2000)]
    assert widths == [2, 4, 5, 6, 8]


def test_the_same_picture_gives_the_same_matte() -> None:
    alpha = pear()
    first, second = (refine_matte(photograph(alpha), coarse(alpha, 3), 4) for _ in range(2))
    assert np.array_equal(first.alpha, second.alpha) and first.confidence == second.confidence
