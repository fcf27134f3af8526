from __future__ import annotations

import cv2
import numpy as np
import pytest

from natocc.geometry import Image
from natocc.matting.hand_mask import HandMask, segment_hand, sides_touched
from natocc.verdicts import NotFound
from tests.natocc.hands import SHAPES, TONES, moved, on_white, photograph, shape


def segmented(picture: Image) -> HandMask:
    hand = segment_hand(picture)
    assert isinstance(hand, HandMask), hand
    return hand


def overlap(found: Image, expected: Image) -> float:
    """Intersection over union."""
    both, either = (found > 127) & (expected > 127), (found > 127) | (expected > 127)
    return float(both.sum() / either.sum())


def edge_error(found: Image, expected: Image) -> float:
    """Median distance, in pixels, of the found edge from the expected one."""
    edge, true = (
        cv2.morphologyEx(mask, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
        for mask in (found, expected)
    )
    away = cv2.distanceTransform((~true).astype(np.uint8), cv2.DIST_L2, 5)
    return float(np.median(away[edge]))


@pytest.mark.parametrize("name", SHAPES)
def test_a_hand_on_white_is_found_to_the_pixel(name: str) -> None:
    hand = segmented(on_white(shape(name)))
    assert overlap(hand.mask, shape(name)) >= 0.98
    assert edge_error(hand.mask, shape(name)) <= 2
    assert hand.mask.dtype == np.uint8 and set(np.unique(hand.mask)) == {0, 255}


@pytest.mark.parametrize("name", SHAPES[:3])
@pytest.mark.parametrize("tone", TONES)
def test_uneven_light_shadow_noise_and_jpeg_do_not_matter(name: str, tone: str) -> None:
    mask = moved(shape(name), 0, 250)
    hand = segmented(photograph(mask, tone))
    assert overlap(hand.mask, mask) >= 0.95
    assert edge_error(hand.mask, mask) <= 3
    assert sides_touched(hand.mask) == ("bottom",)


def test_the_same_picture_gives_the_same_mask_whatever_opencvs_random_state() -> None:
    picture = photograph(shape("cheek_rings"))
    first = segmented(picture).mask
    cv2.setRNGSeed(1234)
    assert np.array_equal(segmented(picture).mask, first)
    assert np.array_equal(segmented(picture.copy()).mask, first)


def test_background_between_fingers_stays_open_and_glints_are_filled() -> None:
    mask = shape("jacket_fist").copy()
    y, x = np.argwhere(cv2.erode(mask, np.ones((241, 241), np.uint8)))[0]
    ring = mask.copy()
    cv2.circle(ring, (int(x), int(y)), 70, 0, -1)
    assert segmented(on_white(ring)).mask[y, x] == 0
    glint = on_white(mask)
    cv2.circle(glint, (int(x), int(y)), 8, (255, 255, 255), -1)
    assert segmented(glint).mask[y, x] == 255


def test_a_small_picture_is_as_good_as_a_large_one() -> None:
    mask = shape("hood_left", 240, 320)
    assert overlap(segmented(on_white(mask)).mask, mask) >= 0.95


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
        (nothing, "a hand", "nothing that stands out from the background"),
        (two, "one hand", "2 things of similar size"),
        (across, "a hand that enters by one side", "one that touches bottom, left, right"),
        (filling, "a hand with background round it", "something that fills 81 % of the picture"),
        (dark, "a photograph on white or light grey", "one such colour in 0 % of its border"),
        (spotted, "an even background", "one that varies by 4 of 100 levels of lightness"),
    ],
)
def test_a_picture_without_a_single_hand_is_refused_with_the_reason(
    picture: object, expected: str, got: str
) -> None:
    assert segment_hand(picture()) == NotFound(expected, got)  # type: ignore[operator]
