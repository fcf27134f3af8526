from __future__ import annotations

import cv2
import numpy as np
import pytest
import skimage.data

from natocc.geometry import Box, Image
from natocc.harmonise.statistics import HARMONISERS, Strength, harmonise_statistics
from tests.natocc.inputs import face, lab

BOX = Box(60, 40, 180, 170)


def matte() -> Image:
    plane = cv2.ellipse(np.zeros((130, 120), np.uint8), (60, 65), (45, 55), 0, 0, 360, 255, -1)
    return cv2.GaussianBlur(plane, (5, 5), 0).astype(np.uint8)


def composite(thing: Image) -> Image:
    picture = face().image.copy()
    weight = matte()[..., None] / 255
    region = picture[BOX.slices]
    picture[BOX.slices] = np.rint(weight * thing + (1 - weight) * region).astype(np.uint8)
    return picture


def things() -> dict[str, Image]:
    blue = np.full((130, 120, 3), (20, 30, 200), np.uint8)
    return {
        "coffee": skimage.data.coffee()[100:230, 250:370],
        "brick": cv2.cvtColor(skimage.data.brick()[:130, :120] // 3, cv2.COLOR_GRAY2RGB),
        "blue": blue,
    }


def gap(picture: Image, region: Image) -> float:
    """Lab distance between the mean of the object and that of the rest of the picture."""
    around = np.ones(picture.shape[:2], bool)
    around[BOX.slices] = matte() == 0
    return float(np.linalg.norm(lab(region)[matte() > 127].mean(0) - lab(picture)[around].mean(0)))


@pytest.mark.parametrize("name", sorted(things()))
def test_the_object_comes_closer_to_its_surroundings(name: str) -> None:
    picture = composite(things()[name])
    before, after = (
        gap(picture, picture[BOX.slices]),
        gap(picture, harmonise_statistics(picture, matte(), BOX)),
    )
    assert before > 15 and 0.35 * before < after < 0.9 * before, "closer, and still itself"


@pytest.mark.parametrize("name", sorted(things()))
def test_the_background_is_untouched_to_the_bit(name: str) -> None:
    picture = composite(things()[name])
    kept = picture.copy()
    region = harmonise_statistics(picture, matte(), BOX)
    assert np.array_equal(picture, kept), "the composite handed over is not written to"
    assert region.dtype == np.uint8
    assert np.array_equal(region[matte() == 0], picture[BOX.slices][matte() == 0])
    assert not np.array_equal(region, picture[BOX.slices])


def test_half_a_matte_is_half_a_change() -> None:
    picture = composite(things()["coffee"])
    full, half = np.full((130, 120), 255, np.uint8), np.full((130, 120), 128, np.uint8)
    region = picture[BOX.slices].astype(float)
    whole = harmonise_statistics(picture, full, BOX) - region
    part = harmonise_statistics(picture, half, BOX) - region
    assert np.abs(part - whole * 128 / 255).max() <= 1


@pytest.mark.parametrize("inside", [0, 128, 255])
@pytest.mark.parametrize("outside", [0, 128, 255])
def test_flat_black_and_white_give_plain_colours(inside: int, outside: int) -> None:
    picture = np.full((256, 256, 3), outside, np.uint8)
    picture[BOX.slices][matte() > 0] = inside
    region = harmonise_statistics(picture, matte(), BOX)
    solid = region[matte() == 255]
    assert len(np.unique(solid, axis=0)) == 1, "flat stays flat"
    assert np.ptp(solid[0].astype(int)) <= 2, "grey stays grey"
    low, high = sorted((inside, outside))
    assert low - 2 <= solid.min() and solid.max() <= high + 2, "between the object and its surroundings"


def test_no_colour_turns_into_a_stain() -> None:
    for name, thing in things().items():
        picture = composite(thing)
        region = harmonise_statistics(picture, matte(), BOX)
        hue_before, hue_after = (lab(image)[matte() == 255][:, 1:] for image in (picture[BOX.slices], region))
        spread = [np.linalg.norm(hue - hue.mean(0), axis=1).mean() for hue in (hue_before, hue_after)]
        assert spread[1] < spread[0] * 1.25 + 0.5, name


def test_strength_zero_changes_nothing_and_full_strength_meets_the_mean() -> None:
    picture = composite(things()["brick"])
    none = Strength(lightness=0, chroma=0, contrast=0)
    region = harmonise_statistics(picture, matte(), BOX, none)
    assert cv2.absdiff(region, picture[BOX.slices]).max() <= 1
    full = harmonise_statistics(picture, matte(), BOX, Strength(lightness=1, chroma=1, contrast=0))
    assert gap(picture, full) < 0.15 * gap(picture, picture[BOX.slices])


def test_an_empty_matte_and_a_matte_of_the_whole_picture_leave_everything() -> None:
    picture = composite(things()["brick"])
    assert np.array_equal(harmonise_statistics(picture, matte() * 0, BOX), picture[BOX.slices])
    whole = np.full(picture.shape[:2], 255, np.uint8)
    assert np.array_equal(harmonise_statistics(picture, whole, Box(0, 0, 256, 256)), picture)


def test_the_interface_names_what_exists() -> None:
    assert dict(HARMONISERS) == {"statistics": harmonise_statistics}
