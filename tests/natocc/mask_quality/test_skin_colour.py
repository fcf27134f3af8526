"""Skin of one colour under uneven light, with a patch of another colour on it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from natocc.geometry import BoolArray, Box, Float32Array, Image
from natocc.mask_quality.skin_colour import foreign_blobs, is_skin, skin_distance
from natocc.mask_quality.view import View

SIZE = (90, 80)


def rectangle(top: int, bottom: int, left: int, right: int) -> BoolArray:
    plane = np.zeros(SIZE, bool)
    plane[top:bottom, left:right] = True
    return plane


SKIN = rectangle(5, 85, 10, 70)
NOTHING = np.zeros(SIZE, bool)


def lit_skin() -> Float32Array:
    """Light falls from the left; shaded skin is less colourful."""
    lightness = np.broadcast_to(np.linspace(80, 40, SIZE[1]), SIZE)
    lab = np.stack([lightness, lightness * 0.2, lightness * 0.25], axis=-1)
    return (lab + np.random.default_rng(0).normal(0, 1, lab.shape)).astype(np.float32)


def view(lab: Float32Array, features: BoolArray = NOTHING, mask: BoolArray = SKIN) -> View:
    box = Box(0, 0, SIZE[1], SIZE[0])
    return View(lab=lab, mask=mask, features=features, nose=NOTHING, other=NOTHING, box=box, scale=1.0)


def with_patch(where: BoolArray, a: float = -30.0) -> Float32Array:
    lab = lit_skin()
    lab[where, 1] = a
    return lab


def test_shading_alone_is_no_distance() -> None:
    distance = skin_distance(view(lit_skin()))
    assert distance.dtype == np.float32 and distance.shape == SIZE
    assert is_skin(distance)[SKIN].all() and foreign_blobs(view(lit_skin()), distance) == (0.0, 0.0)


@pytest.mark.parametrize("share", [0.1, 0.4])
def test_a_patch_is_foreign_by_its_area_and_does_not_become_the_model(share: float) -> None:
    patch = rectangle(5, 5 + round(80 * share), 10, 70)
    face = view(with_patch(patch))
    distance = skin_distance(face)
    assert not is_skin(distance)[patch].any() and is_skin(distance)[SKIN & ~patch].all()
    assert foreign_blobs(face, distance) == pytest.approx((share, share), abs=0.02)


def test_two_patches_are_two_blobs_and_specks_are_none() -> None:
    large, small, speck = rectangle(10, 26, 15, 30), rectangle(60, 70, 15, 25), rectangle(40, 42, 40, 42)
    face = view(with_patch(large | small | speck))
    foreign, blob = foreign_blobs(face, skin_distance(face))
    assert blob == large.sum() / SKIN.sum()
    assert foreign == (large | small).sum() / SKIN.sum()


def test_features_have_other_colours_without_a_fault() -> None:
    eye = rectangle(30, 40, 20, 34)
    face = view(with_patch(eye), features=eye)
    assert foreign_blobs(face, skin_distance(face)) == (0.0, 0.0)


def test_too_little_plain_skin_gives_no_distance() -> None:
    few = rectangle(10, 14, 10, 17)
    assert not skin_distance(view(with_patch(few), mask=few)).any()


def test_the_distance_is_in_tolerances() -> None:
    """A patch 25 levels of ``a`` off is five tolerances away."""
    patch: Image = np.zeros(SIZE, np.uint8)
    cv2.circle(patch, (40, 40), 8, 1, -1)
    lab = lit_skin()
    lab[patch > 0, 1] += 25
    assert np.median(skin_distance(view(lab))[patch > 0]) == pytest.approx(5, abs=0.4)
