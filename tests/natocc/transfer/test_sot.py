from __future__ import annotations

import cv2
import numpy as np
import pytest
import skimage.data

from natocc.geometry import Image
from natocc.transfer.sot import fill_ratio, prepare_skin, smooth_within, sot_field
from tests.natocc.inputs import face


def hand() -> tuple[Image, Image]:
    mask = cv2.circle(np.zeros((120, 140), np.uint8), (70, 60), 50, 255, -1)
    return np.ascontiguousarray(skimage.data.chelsea()[60:180, 100:240]), mask.astype(np.uint8)


def skin(seed: int = 0, dark: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """A face of 100x100 with 0.5-0.7 inside its mask, a share ``dark`` of it far below the mean."""
    rng = np.random.default_rng(seed)
    mask = np.zeros((100, 100), bool)
    mask[20:80, 20:80] = True
    picture = rng.uniform(0.5, 0.7, (100, 100, 3)) * mask[..., None]
    picture[mask & (rng.random(mask.shape) < dark)] = 0.05
    return picture, mask


@pytest.mark.parametrize(
    ("dark", "black", "expected"),
    [
        (100, 200, -0.5),  # less dark in the face than black in the hand
        (100, 100, 0.0),
        (150, 100, 0.5),
        (1234, 1000, 0.23),  # rounded to two places
        (900, 100, 1.0),
        (100, 0, 1.0),  # a hand without background of its own
        (0, 0, 1.0),
    ],
)
def test_the_share_of_background_that_is_filled(dark: int, black: int, expected: float) -> None:
    assert fill_ratio(dark, black) == pytest.approx(expected)


def filled_share(black: int) -> float:
    """What share of the background no longer is black."""
    picture, mask = skin()
    return float((prepare_skin(picture, mask, black, np.random.default_rng(1))[~mask] > 0).all(1).mean())


def test_enough_black_in_the_hand_leaves_the_faces_background_black() -> None:
    assert filled_share(30_000) == 0


def test_some_of_the_background_is_filled_where_the_hand_has_less() -> None:
    # The face has 3 · 6,400 dark values; 12,800 black ones in the hand make the ratio 0.5.
    assert filled_share(12_800) == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("black", [5_000, 0])
def test_all_of_it_is_filled_where_the_hand_has_little_or_none(black: int) -> None:
    assert filled_share(black) == 1


def test_the_filling_is_the_faces_mean_colour() -> None:
    picture, mask = skin()
    result = prepare_skin(picture, mask, 0, np.random.default_rng(1))
    assert np.allclose(result[~mask], picture[mask].mean(0))


def test_bright_values_are_clipped_channel_by_channel() -> None:
    picture, mask = skin(dark=0.1)
    limit = picture[mask].mean(0) + picture[mask].std(0)
    picture[30:40, 30:40, 0] = 0.95
    limit = picture[mask].mean(0) + picture[mask].std(0)
    result = prepare_skin(picture, mask, 10**6, np.random.default_rng(1))
    assert np.allclose(result[mask].max(0), np.minimum(limit, picture[mask].max(0)))
    assert np.array_equal(result[30:40, 30:40, 2], np.minimum(picture, limit)[30:40, 30:40, 2])
    assert len(np.unique(result[30:40, 30:40, 2])) > 50, "the other channels keep their detail"


def test_single_precision_agrees_with_double() -> None:
    image, mask = hand()
    target, target_mask = face().image, face().mask * np.uint8(255)
    exact, single = (
        sot_field(image, mask, target, target_mask, np.random.default_rng(3), dtype)
        for dtype in (np.float64, np.float32)
    )
    assert np.linalg.norm(single - exact) < 1e-4 * np.linalg.norm(exact)


def test_the_smoothing_is_the_released_gaussian_far_from_every_edge() -> None:
    rng = np.random.default_rng(4)
    motion = rng.normal(0, 20, (101, 101, 3)).astype(np.float32)
    axis = np.arange(-30, 31)
    window = np.exp(-(axis[:, None] ** 2 + axis**2) / (2 * 30.0**2))
    expected = (motion[20:81, 20:81] * window[..., None]).sum((0, 1)) / window.sum()
    result = smooth_within(motion, np.full((101, 101), 255, np.uint8))
    assert np.allclose(result[50, 50], expected, atol=1e-3)


def test_neither_background_nor_the_opposite_border_bleeds_into_the_hand() -> None:
    # The released filter mixed 10 pixels of background in, 12 to 21 levels, and wrapped round.
    motion = np.full((120, 140, 3), -80, np.float32)
    mask = np.zeros((120, 140), np.uint8)
    mask[:, :60] = 255
    motion[:, :60] = 12
    assert np.abs(smooth_within(motion, mask)[mask > 0] - 12).max() < 0.01


def test_far_pixels_take_the_mean_motion() -> None:
    mask = np.zeros((20, 200), np.uint8)
    mask[:, :10] = 255
    result = smooth_within(np.full((20, 200, 3), 7, np.float32), mask)
    assert np.isfinite(result).all() and np.allclose(result, 7, atol=0.01)
