from __future__ import annotations

import cv2
import numpy as np
import pytest

from natocc.geometry import Image
from natocc.matting.hand_mask import HandMask, segment_hand, sides_touched
from natocc.verdicts import NotFound
from tests.natocc.hands import SHAPES, TONES, moved, on_white, photograph, shape


def found(picture: Image) -> HandMask:
    hand = segment_hand(picture)
    assert isinstance(hand, HandMask), hand
    return hand


def overlap(one: Image, other: Image) -> float:
    return float(((one > 127) & (other > 127)).sum() / ((one > 127) | (other > 127)).sum())


def edge_error(one: Image, other: Image) -> float:
    """Median distance, in pixels, of one outline from the other."""
    outline = [
        cv2.morphologyEx(mask, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0 for mask in (one, other)
    ]
    away = cv2.distanceTransform((~outline[1]).astype(np.uint8), cv2.DIST_L2, 5)
    return float(np.median(away[outline[0]]))


@pytest.mark.parametrize("name", SHAPES)
def test_a_hand_on_white_is_found_to_the_pixel(name: str) -> None:
    hand = found(on_white(shape(name)))
    assert overlap(hand.mask, shape(name)) >= 0.98
    assert edge_error(hand.mask, shape(name)) <= 2
    assert hand.mask.dtype == np.uint8 and set(np.unique(hand.mask)) == {0, 255}


@pytest.mark.parametrize("name", SHAPES[:3])
@pytest.mark.parametrize("tone", TONES)
def test_uneven_light_shadow_noise_and_jpeg_do_not_matter(name: str, tone: str) -> None:
    mask = moved(shape(name), 0, 250)
    hand = found(photograph(mask, tone))
    assert overlap(hand.mask, mask) >= 0.95
    assert edge_error(hand.mask, mask) <= 3
    assert sides_touched(hand.mask) == ("bottom",)


def test_the_same_picture_gives_the_same_mask_whatever_was_drawn_before() -> None:
    picture = photograph(shape("cheek_rings"))
    first = found(picture).mask
    cv2.setRNGSeed(1234)
    assert np.array_equal(found(picture).mask, first)
    assert np.array_equal(found(picture.copy()).mask, first)


def test_ground_between_fingers_stays_open_and_glints_do_not() -> None:
    mask = shape("jacket_fist").copy()
    y, x = np.argwhere(cv2.erode(mask, np.ones((241, 241), np.uint8)))[0]
    ring = mask.copy()
    cv2.circle(ring, (int(x), int(y)), 70, 0, -1)
    assert found(on_white(ring)).mask[y, x] == 0
    glint = on_white(mask)
    cv2.circle(glint, (int(x), int(y)), 8, (255, 255, 255), -1)
    assert found(glint).mask[y, x] == 255


def test_a_small_picture_is_as_good_as_a_large_one() -> None:
    mask = shape("hood_left", 240, 320)
    assert overlap(found(on_white(mask)).mask, mask) >= 0.95


def nothing() -> Image:
    return np.full((300, 400, 3), 230, np.uint8)


def two() -> Image:
    mask = shape("cheek_rings", 300, 200)
    return on_white(np.hstack([mask, mask]))


def across() -> Image:
    mask = np.zeros((300, 400), np.uint8)
    mask[120:200] = 255
    mask[200:, 150:250] = 255
    return on_white(mask)


def filling() -> Image:
    mask = np.full((300, 400), 255, np.uint8)
    cv2.rectangle(mask, (0, 0), (399, 299), 0, 25)
    return on_white(mask)


def spotted() -> Image:
    grey = np.random.default_rng(1).integers(205, 245, (8, 10)).astype(np.uint8)
    plane = cv2.resize(grey, (400, 300), interpolation=cv2.INTER_NEAREST)
    return np.ascontiguousarray(np.repeat(plane[..., None], 3, axis=2))


def dark() -> Image:
    return np.full((300, 400, 3), 40, np.uint8)


@pytest.mark.parametrize(
    ("picture", "expected", "got"),
    [
        (nothing, "a hand", "nothing that stands out from the ground"),
        (two, "one hand", "2 things of like size"),
        (across, "a hand that enters by one side", "one that touches bottom, left, right"),
        (filling, "a hand with ground round it", "something that fills 81 % of the picture"),
        (dark, "a photograph on white or light grey", "one such colour in 0 % of its border"),
        (spotted, "an even ground", "one that varies by 4 of 100 levels of lightness"),
    ],
)
def test_what_shows_no_single_hand_says_why(picture: object, expected: str, got: str) -> None:
    assert segment_hand(picture()) == NotFound(expected, got)  # type: ignore[operator]
