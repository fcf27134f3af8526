from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import ImageOps

from assets.pictures.orientation import exchanges_sides, orientation_of, turn_points, turn_upright
from tests.raw_trees import encoded, portrait

PHOTO = portrait(40, 30)


def opened(orientation: int, image: np.ndarray = PHOTO) -> Pillow.Image:
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    return Pillow.open(io.BytesIO(encoded(image, "PNG", exif=exif)))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_are_turned_as_pillow_turns_them(orientation: int) -> None:
    picture = opened(orientation)
    assert orientation_of(picture) == (orientation, True)
    expected = np.asarray(ImageOps.exif_transpose(picture))
    turned = turn_upright(PHOTO, orientation)
    assert np.array_equal(turned, expected) and turned.flags.c_contiguous
    assert exchanges_sides(orientation) == (turned.shape != PHOTO.shape)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_points_go_with_the_pixels(orientation: int) -> None:
    plane = np.zeros((40, 30), np.uint8)
    plane[12, 7] = 255
    turned = turn_upright(plane, orientation)
    (y,), (x,) = np.nonzero(turned)
    points = turn_points([7.5, 12.5, 0.0, 0.0], turned.shape, orientation)
    assert points[:2] == [x + 0.5, y + 0.5]
    assert points[2] in (0, turned.shape[1]) and points[3] in (0, turned.shape[0])


@pytest.mark.parametrize("orientation", [0, 9, 300])
def test_an_orientation_without_a_meaning_is_upright(orientation: int) -> None:
    assert orientation_of(opened(orientation)) == (1, True)


def test_a_picture_without_exif_is_upright() -> None:
    assert orientation_of(Pillow.open(io.BytesIO(encoded(PHOTO)))) == (1, True)
