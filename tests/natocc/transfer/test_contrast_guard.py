from __future__ import annotations

import cv2
import numpy as np
import pytest
import skimage.data

from natocc.geometry import Image
from natocc.transfer.apply import Method, Transfer, transfer_colours
from natocc.transfer.contrast_guard import LIMITS, guard_contrast
from tests.natocc.inputs import face
from tests.natocc.transfer.test_apply import METHODS, face_pixels, sources

MASK = np.full((100, 100), 255, np.uint8)


def contrast(image: Image, mask: Image) -> float:
    """Mean gradient of luma between neighbours of the mask."""
    luma, inside = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(int), mask > 127
    across = np.abs(np.diff(luma, axis=1))[inside[:, 1:] & inside[:, :-1]]
    down = np.abs(np.diff(luma, axis=0))[inside[1:] & inside[:-1]]
    return float(across.mean() + down.mean())


def picture() -> Image:
    """Mid grey with soft shades and grain."""
    rng = np.random.default_rng(1)
    rough = cv2.GaussianBlur(rng.normal(0, 1, (100, 100)), (0, 0), 4)
    grey = 128 + 30 * rough / rough.std() + rng.normal(0, 1, (100, 100))
    return np.repeat(np.clip(grey, 60, 200)[..., None], 3, 2).astype(np.uint8)


def stretched(gain: float) -> tuple[Image, np.ndarray]:
    image = picture()
    return image, ((image - np.float32(128)) * np.float32(gain - 1)).astype(np.float32)


@pytest.mark.parametrize("gain", [0.1, 0.5, 1.6, 3.0])
def test_too_much_or_too_little_contrast_comes_back_into_bounds(gain: float) -> None:
    image, field = stretched(gain)
    kept = guard_contrast(image, MASK, field)
    result = np.clip(np.rint(image + kept), 0, 255).astype(np.uint8)
    assert LIMITS[0] * 0.98 <= contrast(result, MASK) / contrast(image, MASK) <= LIMITS[1] * 1.02
    assert np.abs(kept.mean((0, 1)) - field.mean((0, 1))).max() < 4, "the colour comes over all the same"


@pytest.mark.parametrize("gain", [0.8, 1.0, 1.3])
def test_within_bounds_nothing_is_touched(gain: float) -> None:
    image, field = stretched(gain)
    assert np.array_equal(guard_contrast(image, MASK, field), field)


def test_no_more_is_given_up_than_it_takes() -> None:
    image, field = stretched(1.6)
    result = image + guard_contrast(image, MASK, field)
    assert contrast(np.rint(result).astype(np.uint8), MASK) > 1.3 * contrast(image, MASK)


def test_a_picture_of_one_colour_is_no_error() -> None:
    flat, field = np.full((20, 20, 3), 90, np.uint8), np.full((20, 20, 3), 12, np.float32)
    assert np.allclose(guard_contrast(flat, MASK[:20, :20], field), 12)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", ["chelsea", "coffee", "uniform", "brick"])
def test_real_pictures_keep_their_local_contrast(name: str, method: Method) -> None:
    image, mask = sources()[name]
    params = Transfer(strength=1, seed=7, method=method)
    result = transfer_colours(image, mask, *face_pixels(), params)
    ratio = contrast(result, mask) / contrast(image, mask)
    assert LIMITS[0] - 0.05 <= ratio <= LIMITS[1] + 0.05


def test_the_coded_blocks_of_a_small_hand_are_not_amplified() -> None:
    small = np.ascontiguousarray(skimage.data.astronaut()[20:220, 120:320])
    code = cv2.imencode(".jpg", small[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 12])[1]
    hand = np.ascontiguousarray(cv2.imdecode(code, cv2.IMREAD_COLOR)[..., ::-1])
    # Nearly flat, as the shaded side of a hand is, with the blocks in it.
    hand = (110 + (hand.astype(np.float32) - 110) * 0.2).astype(np.uint8)
    mask = np.full(hand.shape[:2], 255, np.uint8)
    target = face().image, face().mask * np.uint8(255)
    result = transfer_colours(hand, mask, *target, Transfer(strength=1, seed=7))
    free = transfer_colours(hand, mask, *target, Transfer(strength=1, seed=7, guard=False))
    before, after, unguarded = (blocks(one) for one in (hand, result, free))
    assert after <= LIMITS[1] * before
    assert unguarded > after, "the test has something to guard against"


def blocks(image: Image) -> float:
    """Mean step of luma across the borders of 8x8 blocks."""
    luma = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(int)
    return float(np.abs(luma[:, 8::8] - luma[:, 7:-1:8]).mean() + np.abs(luma[8::8] - luma[7:-1:8]).mean())
