from __future__ import annotations

import cv2
import numpy as np
import pytest
import skimage.data

from benchmarks.transfer.transport import move_plainly
from natocc.geometry import Image
from natocc.transfer.sot import (
    distinct_colours,
    fill_ratio,
    prepare_skin,
    smooth_within,
    sot_field,
    sot_transport,
)
from natocc.transfer.transport import Transport, move_by_batches
from tests.natocc.inputs import face


def hand() -> tuple[Image, Image]:
    mask = cv2.circle(np.zeros((120, 140), np.uint8), (70, 60), 50, 255, -1)
    return np.ascontiguousarray(skimage.data.chelsea()[60:180, 100:240]), mask.astype(np.uint8)


def transport(image: Image, mask: Image, *, algorithm_1: bool = True) -> Transport:
    on = face()
    solid = on.mask * np.uint8(255)
    rng = np.random.default_rng(3)
    return sot_transport(image, mask, on.image, solid, rng, algorithm_1=algorithm_1)


def skin() -> tuple[Image, np.ndarray]:
    """A face of 100x100 with levels of 130-180 inside its mask."""
    rng = np.random.default_rng(0)
    mask = np.zeros((100, 100), bool)
    mask[20:80, 20:80] = True
    return rng.integers(130, 180, (100, 100, 3), np.uint8), mask


def prepared(black: int) -> tuple[np.ndarray, dict[str, float]]:
    """The whole rectangle's colours after Algorithm 1, the face's first, and what was counted."""
    picture, mask = skin()
    colours, counts = distinct_colours(picture[mask])
    goal, counts, measured = prepare_skin(colours, counts, mask, black, np.random.default_rng(1))
    assert counts.sum() == mask.size
    return np.repeat(goal, counts, axis=0), measured


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
    colours, measured = prepared(black)
    share = float((colours[skin()[1].sum() :] > 0).all(1).mean())
    assert share == measured["filled"] / 6_400
    return share


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
    assert np.allclose(prepared(0)[0][mask.sum() :], picture[mask].mean(0) / 255)


def test_bright_values_are_clipped_channel_by_channel() -> None:
    picture, mask = skin()
    limit = (picture[mask].mean(0) + picture[mask].std(0)) / 255
    expected = np.minimum(picture[mask] / 255, limit)
    result = prepared(10**6)[0][: mask.sum()]
    assert np.allclose(np.sort(result, axis=0), np.sort(expected, axis=0))
    assert len(np.unique(result[:, 2])) > 30, "what is below keeps its detail"


def test_distinct_colours_are_the_pixels() -> None:
    pixels = np.random.default_rng(2).integers(0, 4, (500, 3), np.uint8) * np.uint8(85)
    colours, counts = distinct_colours(pixels)
    assert len(colours) == len(np.unique(pixels, axis=0)) == 64
    assert {tuple(one): int(count) for one, count in zip(colours, counts, strict=True)} == {
        tuple(one): int((pixels == one).all(1).sum()) for one in colours
    }


def test_a_hand_without_black_is_told_in_the_record() -> None:
    bright = np.maximum(hand()[0], 1)
    everywhere = np.full(bright.shape[:2], 255, np.uint8)
    measured = transport(bright, everywhere).measured
    assert measured["black_values"] == 0 and measured["filled"] > 0
    result = sot_field(made := transport(bright, everywhere), move_by_batches(made), everywhere)
    assert np.isfinite(result).all()
    assert transport(*hand()).measured["black_values"] > 0


def test_without_algorithm_1_the_rectangles_stay_as_they_are() -> None:
    plain = transport(*hand(), algorithm_1=False)
    on = face()
    inside = on.image[on.mask > 0]
    assert plain.measured == {} and plain.counts.sum() == len(plain.source)
    levels = np.unique(np.rint(plain.goal * 255).astype(np.uint8), axis=0)
    assert {tuple(one) for one in levels} <= {tuple(one) for one in inside} | {(0, 0, 0)}
    assert not plain.goal[-1].any() and plain.counts[-1] > 0
    assert plain.goal.max() > transport(*hand()).goal.max(), "bright values are not clipped"


def test_a_face_that_sampling_misses_is_its_mean() -> None:
    on = face()
    specks = np.zeros_like(on.mask)
    specks[1, -2] = specks[-2, 1] = 255
    image, mask = hand()
    small = np.zeros_like(mask)
    small[50, 50:52] = 255
    made = sot_transport(image, small, on.image, specks, np.random.default_rng(3))
    assert np.allclose(made.goal[0] * 255, on.image[specks > 0].mean(0), atol=0.51)
    assert made.counts[0] == len(made.source) == 2


def test_single_precision_agrees_with_double() -> None:
    made, mask = transport(*hand()), hand()[1]
    goal = np.repeat(made.goal, made.counts, axis=0)
    moved = move_plainly(made.source, goal, made.directions, made.batch, np.float64)
    exact, single = (
        sot_field(made, colours, mask) for colours in (moved.astype(np.float32), move_by_batches(made))
    )
    assert np.linalg.norm(single - exact) < 1e-5 * np.linalg.norm(exact)


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
