from __future__ import annotations

import cv2
import numpy as np
import pytest

from natocc.geometry import Float32Array, Image
from natocc.masks.alignment import Place, align
from tests.faceocc_files import align as crop_of
from tests.faceocc_files import hopper

TRUE = Place(0.62, -45.3, 3.8)


def grey(image: Image) -> Float32Array:
    return cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)


@pytest.mark.parametrize(("growth", "right", "down"), [(1.0, 3.0, -4.0), (1.03, 0.0, 0.0), (0.97, -2.0, 2.0)])
def test_a_place_nearby_is_refined_to_the_true_one(growth: float, right: float, down: float) -> None:
    start = Place(TRUE.scale * growth, TRUE.x + right, TRUE.y + down)
    found = align(grey(hopper()), grey(crop_of(hopper(), *TRUE)), start)
    assert found is not None
    place, correlation = found
    assert place.scale == pytest.approx(TRUE.scale, rel=2e-3)
    assert (place.x, place.y) == pytest.approx((TRUE.x, TRUE.y), abs=0.1)
    assert correlation > 0.97


def test_brightness_and_contrast_make_no_difference() -> None:
    crop = grey(crop_of(hopper(), *TRUE))
    start = Place(TRUE.scale, TRUE.x + 2, TRUE.y - 2)
    plain, dim = (align(grey(hopper()), plane, start) for plane in (crop, 0.5 * crop + 40))
    assert plain is not None and dim is not None
    assert dim[0] == pytest.approx(plain[0], abs=0.02)


def test_a_photograph_that_hardly_shows_on_the_crop_is_not_aligned() -> None:
    photo, crop = grey(hopper()), grey(crop_of(hopper(), *TRUE))
    assert align(photo, crop, Place(TRUE.scale, 230.0, 230.0)) is None
