from __future__ import annotations

import cv2
import numpy as np
import pytest

from natocc.colour.field import add_field, extend_field, reduce_layer, reduction, within_range
from natocc.geometry import Image
from natocc.transfer.apply import Method, Transfer, transfer_colours
from tests.natocc.transfer.test_apply import face_pixels, full


def disc(size: int) -> Image:
    middle = size // 2
    return cv2.circle(np.zeros((size, size), np.uint8), (middle, middle), size // 3, 255, -1).astype(np.uint8)


@pytest.mark.parametrize("method", ["table", "partial", "linear"])
@pytest.mark.parametrize("size", [90, 203, 301, 530])
def test_no_background_bleeds_into_the_hand(size: int, method: Method) -> None:
    mask = disc(size)
    hand = np.full((size, size, 3), (30, 200, 30), np.uint8)
    bright, dark = (slice(0, size), slice(0, size // 2)), (slice(0, size), slice(size // 2, size))
    for half, colour in ((bright, (210, 160, 140)), (dark, (60, 40, 30))):
        hand[half][mask[half] > 0] = colour
    result = transfer_colours(hand, mask, *face_pixels(), full(method)).astype(int)
    # The two halves' own border apart, every pixel of a colour moves as the others do.
    mask[:, size // 2 - 17 : size // 2 + 17] = 0
    for half in (bright, dark):
        inside = result[half][mask[half] > 127]
        assert np.abs(inside - np.median(inside, axis=0)).max() <= 1


def test_the_soft_edge_is_moved_as_the_hand_beside_it_is() -> None:
    mask = cv2.GaussianBlur(disc(300), (5, 5), 0)
    hand = np.full((300, 300, 3), (180, 130, 110), np.uint8)
    result = transfer_colours(hand, mask, *face_pixels(), Transfer(strength=1, seed=7)).astype(int)
    assert np.abs(result[mask > 0] - result[150, 150]).max() <= 1


def test_a_reduced_layer_is_the_mean_of_the_masks_pixels() -> None:
    rng = np.random.default_rng(1)
    image, solid = rng.integers(0, 255, (37, 50, 3)).astype(np.uint8), np.zeros((37, 50), np.uint8)
    solid[:21, :30] = 255
    reduced = reduce_layer(image, solid, 4)
    assert reduced.rgb.shape == (10, 13, 3) and reduced.share.shape == (10, 13)
    assert np.abs(reduced.rgb[1, 2] - image[4:8, 8:12].mean((0, 1))).max() <= 1.5
    assert reduced.share[1, 2] == 255 and 63 <= reduced.share[5, 2] <= 65 and reduced.share[8, 8] == 0
    assert np.abs(reduced.rgb[5, 2] - image[20, 8:12].mean(0)).max() <= 4, "the row in the mask alone"


@pytest.mark.parametrize(
    ("size", "factor"), [((50, 60), 1), ((200, 200), 2), ((300, 300), 4), ((600, 500), 8), ((4000, 4000), 8)]
)
def test_the_factor_follows_the_size(size: tuple[int, int], factor: int) -> None:
    assert reduction(size) == factor


def test_a_field_outside_the_mask_has_no_part_in_what_is_added_inside() -> None:
    share = np.zeros((20, 20), np.uint8)
    share[5:12, 4:15] = 255
    field = np.full((20, 20, 3), 500, np.float32)
    field[share > 0] = 20
    image = np.full((80, 80, 3), 100, np.uint8)
    assert (add_field(image, extend_field(field, share), 4)[20:48, 16:60] == 120).all()


def test_detail_rides_on_unchanged() -> None:
    rng = np.random.default_rng(2)
    image = rng.integers(60, 180, (64, 64, 3)).astype(np.uint8)
    moved = add_field(image, np.full((8, 8, 3), -30, np.float32), 8)
    assert np.array_equal(moved, image - 30)


def test_bright_pixels_keep_their_differences_at_the_end_of_the_range() -> None:
    image = np.arange(200, 256, dtype=np.uint8)[None, :, None].repeat(3, 2)
    image = np.ascontiguousarray(image)
    moved = add_field(image, within_range(image, np.full(image.shape, 100, np.float32)), 1)
    assert len(np.unique(moved)) >= 13 and (np.diff(moved[0, :, 0].astype(int)) >= 0).all()
    dark = add_field(255 - image, within_range(255 - image, np.full(image.shape, -100, np.float32)), 1)
    assert len(np.unique(dark)) >= 13
