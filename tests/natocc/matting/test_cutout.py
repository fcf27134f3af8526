from __future__ import annotations

import cv2
import numpy as np
import pytest

from natocc.geometry import Image, mask_box
from natocc.matting.cutout import clear_border, crop_to_matte, extend_colours, soft_matte, turn_cutout


def blob(side: int = 160) -> Image:
    mask = np.zeros((side, side), np.uint8)
    cv2.ellipse(mask, (side // 2, side // 2), (side // 3, side // 5), 20, 0, 360, 255, -1)
    return mask


def on_ground(mask: Image, colour: int, ground: int, blur: float) -> Image:
    share = cv2.GaussianBlur(mask.astype(np.float32) / 255, (0, 0), blur)[..., None]
    return np.repeat(np.rint(share * colour + (1 - share) * ground).astype(np.uint8), 3, axis=2)


def composite(rgb: Image, matte: Image, colour: int) -> np.ndarray:
    share = matte[..., None] / 255
    return share * rgb + (1 - share) * colour


@pytest.mark.parametrize("factor", [1, 4])
@pytest.mark.parametrize("blur", [0.5, 1.0])
@pytest.mark.parametrize("ground", [0, 255])
def test_grey_cut_from_any_ground_and_laid_on_the_same_grey_stays_grey(
    factor: int, blur: float, ground: int
) -> None:
    mask = blob()
    photo = on_ground(mask, 128, ground, blur)
    size = photo.shape[1] * factor, photo.shape[0] * factor
    large = cv2.resize(photo, size, interpolation=cv2.INTER_LANCZOS4)
    rgb, matte = crop_to_matte(large, soft_matte(mask, factor))
    out = composite(extend_colours(rgb, matte, 1.5 * factor), matte, 128)
    assert np.abs(out - 128).max() <= 3


def test_the_colours_of_a_thin_part_are_its_own() -> None:
    mask = np.zeros((60, 60), np.uint8)
    mask[5:25, 5:55] = 255
    mask[25:55, 28:32] = 255
    rgb = np.full((60, 60, 3), 255, np.uint8)
    rgb[5:25, 5:55] = (200, 30, 30)
    rgb[25:55, 28:32] = (30, 30, 200)
    filled = extend_colours(rgb, mask, 3)
    assert (filled[32:54, 28:32, 2] > 150).all(), "the fork's tine does not take the handle's colour"


def test_inside_pixels_are_untouched_and_outside_ones_take_the_nearest_colour() -> None:
    mask = blob()
    rgb = np.dstack([np.full_like(mask, 10), np.full_like(mask, 20), np.full_like(mask, 30)])
    rgb[mask == 0] = 255
    rgb[70:90, 70:90] = (1, 2, 3)
    filled = extend_colours(rgb, mask, 2)
    assert (filled[70:90, 70:90] == (1, 2, 3)).all()
    assert (filled[mask == 0] == (10, 20, 30)).all()


@pytest.mark.parametrize("factor", [1, 4])
def test_the_matte_lies_within_the_mask_and_reaches_its_core(factor: int) -> None:
    mask = blob()
    matte = soft_matte(mask, factor)
    assert matte.shape == (160 * factor, 160 * factor)
    enlarged = cv2.resize(mask, None, fx=factor, fy=factor, interpolation=cv2.INTER_LINEAR)
    assert not matte[enlarged == 0].any()
    core = cv2.erode(mask, np.ones((5, 5), np.uint8))
    assert (cv2.resize(matte, (160, 160), interpolation=cv2.INTER_AREA)[core > 0] == 255).all()
    assert len(np.unique(matte)) > 3, "the edge is soft"


def test_cropping_leaves_a_transparent_margin() -> None:
    rgb, matte = crop_to_matte(np.zeros((160, 160, 3), np.uint8), blob())
    box = mask_box(blob())
    assert matte.shape == rgb.shape[:2] == (box.height + 4, box.width + 4)
    assert not matte[[0, 1, -2, -1]].any() and not matte[:, [0, 1, -2, -1]].any()
    assert matte[2:-2].any(axis=1).all()


def test_a_cut_out_at_the_border_of_its_photograph_is_whole() -> None:
    mask = np.full((20, 30), 255, np.uint8)
    _rgb, matte = crop_to_matte(np.zeros((20, 30, 3), np.uint8), mask)
    assert matte.shape == (24, 34)
    assert (matte[2:-2, 2:-2] == 255).all()


def test_empty_mattes_are_errors() -> None:
    empty, rgb = np.zeros((9, 9), np.uint8), np.zeros((9, 9, 3), np.uint8)
    for function in (crop_to_matte, extend_colours):
        with pytest.raises(ValueError, match="expected a matte with visible pixels, got an empty one"):
            function(rgb, empty)


def test_a_matte_that_is_nowhere_opaque_is_filled_from_its_densest_pixels() -> None:
    matte = np.zeros((9, 9), np.uint8)
    matte[4, 4] = 90
    rgb = np.zeros((9, 9, 3), np.uint8)
    rgb[4, 4] = (9, 8, 7)
    assert (extend_colours(rgb, matte) == (9, 8, 7)).all()


def fingers_to_the_right() -> tuple[Image, Image]:
    matte = np.zeros((60, 100), np.uint8)
    matte[20:40, 10:90] = 255
    rgb = np.zeros((60, 100, 3), np.uint8)
    rgb[:, 70:] = (255, 0, 0)
    return rgb, matte


@pytest.mark.parametrize(
    ("degrees", "where"), [(0, "right"), (90, "up"), (180, "left"), (-90, "down"), (270, "down")]
)
def test_turning_is_counter_clockwise_and_loses_nothing(degrees: float, where: str) -> None:
    rgb, matte = fingers_to_the_right()
    turned, edge = turn_cutout(rgb, matte, degrees)
    red = (turned[..., 0] > 128) & (edge > 128)
    y, x = np.argwhere(red).mean(0) - (np.array(edge.shape) - 1) / 2
    found = {"right": x > 20, "left": x < -20, "down": y > 20, "up": y < -20}
    assert [name for name, so in found.items() if so] == [where]
    assert edge.astype(int).sum() == pytest.approx(matte.astype(int).sum(), rel=0.01)


def test_turning_by_an_odd_angle_keeps_the_whole_shape_on_a_wider_canvas() -> None:
    rgb, matte = fingers_to_the_right()
    _, edge = turn_cutout(rgb, np.full_like(matte, 255), 33)
    assert edge.astype(int).sum() == pytest.approx(255 * matte.size, rel=0.02)
    assert edge.shape[0] > 60 and edge.shape[1] > 100


def test_what_the_border_cuts_off_fades_like_any_edge() -> None:
    mask = np.zeros((60, 40), np.uint8)
    mask[:40, 10:30] = 255
    at_border, inside = soft_matte(clear_border(mask))[:40, 20], soft_matte(mask)[39::-1, 20]
    assert at_border[0] <= 1 and mask[0, 20] == 255, "a copy is cleared"
    # One pixel goes to the border itself.
    assert np.abs(at_border[1:8].astype(int) - inside[:7]).max() <= 20
