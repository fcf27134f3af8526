"""A face of discs: the mask an ellipse, features where they belong, then one of them wrong."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
import pytest

from natocc.geometry import Image
from natocc.mask_quality.part_checks import (
    Parts,
    broken_pieces,
    feature_missing,
    features_outside,
    features_swapped,
    find_parts,
    lenses_as_face,
    unequal_pairs,
)
from natocc.mask_quality.view import View, reduce_face

SIDE = 400
PLACES = {
    "l_brow": (150, 130),
    "r_brow": (250, 130),
    "l_eye": (150, 160),
    "r_eye": (250, 160),
    "nose": (200, 210),
    "u_lip": (200, 262),
    "l_lip": (200, 278),
    "mouth": (200, 270),
}


def disc(x: int, y: int, radius: int = 12) -> Image:
    return cv2.circle(np.zeros((SIDE, SIDE), np.uint8), (x, y), radius, 255, -1).astype(np.uint8)


def face_mask() -> Image:
    plane = np.zeros((SIDE, SIDE), np.uint8)
    return cv2.ellipse(plane, (200, 200), (110, 140), 0, 0, 360, 255, -1).astype(np.uint8)


def features(places: Mapping[str, tuple[int, int]] = PLACES) -> dict[str, Image]:
    return {name: disc(*place) for name, place in places.items()}


def without(*names: str) -> dict[str, Image]:
    return {name: plane for name, plane in features().items() if name not in names}


def checked(parts: Mapping[str, Image], mask: Image | None = None) -> tuple[Parts, View]:
    mask = face_mask() if mask is None else mask
    view = reduce_face(np.full((SIDE, SIDE, 3), 128, np.uint8), parts, mask)
    return find_parts(parts, view), view


def test_an_orderly_face_has_no_fault() -> None:
    found, view = checked(features())
    assert features_outside(found, view) == features_swapped(found) == feature_missing(found, view) == 0
    assert broken_pieces(view) == 0 and unequal_pairs(found) == pytest.approx(0, abs=0.05)


def test_centres_areas_and_what_shows_are_in_the_view() -> None:
    found, view = checked(features() | {"neck": disc(200, 380)})
    assert found.names == {*PLACES, "neck"} and set(found.centres) == set(PLACES)
    scale, box = view.scale, view.box
    expected = (np.array(PLACES["nose"]) - (box.x0, box.y0)) * scale
    np.testing.assert_allclose(found.centres["nose"], expected, atol=0.6)
    assert found.areas["nose"] == pytest.approx(np.pi * (12.5 * scale) ** 2, rel=0.2)
    assert set(found.shown.values()) == {1.0}


def test_a_feature_beyond_the_view_shows_in_part() -> None:
    found, _ = checked(without("nose") | {"nose": disc(395, 395)})
    assert found.shown["nose"] == 0 and "nose" not in found.areas


@pytest.mark.parametrize(("place", "expected"), [((200, 210), 0.0), ((60, 60), 1.0)])
def test_a_feature_outside_the_hull_counts_by_its_share(place: tuple[int, int], expected: float) -> None:
    assert features_outside(*checked(without("nose") | {"nose": disc(*place)})) == pytest.approx(expected)


def test_a_feature_over_another_part_is_not_outside() -> None:
    beside = {"nose": disc(95, 75), "hair": disc(95, 75, 30)}
    assert features_outside(*checked(without("nose") | beside)) == 0
    assert features_outside(*checked(without("nose") | {"nose": beside["nose"]})) == pytest.approx(1)


@pytest.mark.parametrize("names", [("l_eye", "l_brow"), ("nose", "u_lip"), ("l_brow", "r_brow")])
def test_swapped_files_are_out_of_order(names: tuple[str, str]) -> None:
    first, second = names
    swapped = PLACES | {first: PLACES[second], second: PLACES[first]}
    assert features_swapped(checked(features(swapped))[0]) == 1


@pytest.mark.parametrize("angle", [-35, 35])
def test_a_tilted_head_is_in_order(angle: float) -> None:
    matrix = cv2.getRotationMatrix2D((200, 200), angle, 1.0)
    parts, mask = features(), face_mask()
    turned = {name: cv2.warpAffine(plane, matrix, (SIDE, SIDE)) for name, plane in parts.items()}
    found, _ = checked(turned, np.asarray(cv2.warpAffine(mask, matrix, (SIDE, SIDE)), np.uint8))
    assert features_swapped(found) == 0


@pytest.mark.parametrize("names", [("mouth", "u_lip", "l_lip"), ("l_eye",)])
def test_a_feature_that_the_mask_covers_is_missing(names: tuple[str, ...]) -> None:
    parts = without(*names)
    assert feature_missing(*checked(parts)) == 1
    hole = face_mask()
    for name in names:
        hole = np.where(disc(*PLACES[name], 30) > 0, np.uint8(0), hole)
    assert feature_missing(*checked(parts, hole)) == 0, "left out of the mask too"


def test_without_a_nose_no_place_is_known() -> None:
    assert feature_missing(*checked(without("nose", "l_eye"))) == 0


def test_lenses_inside_frames_count_as_face() -> None:
    frame = disc(150, 160, 30) - disc(150, 160, 24)
    view = checked(features())[1]
    assert lenses_as_face(features() | {"eye_g": frame}, view) == 1
    outside = np.where(disc(150, 160, 30) > 0, np.uint8(0), face_mask())
    assert lenses_as_face({"eye_g": frame}, checked(features(), outside)[1]) < 0.1
    assert lenses_as_face(features(), view) == 0


def test_holes_and_loose_pieces_count_unless_a_part_explains_them() -> None:
    hole = disc(200, 320, 15)
    torn = np.where(hole > 0, np.uint8(0), face_mask()) | disc(330, 330, 15)
    expected = 2 * np.count_nonzero(hole) / np.count_nonzero(torn)
    assert broken_pieces(checked(features(), torn)[1]) == pytest.approx(expected, rel=0.25)
    explained = features() | {"hair": hole}
    with_hair = broken_pieces(checked(explained, torn)[1])
    assert with_hair == pytest.approx(expected / 2, rel=0.25)


def test_one_small_eye_is_unequal_and_a_turned_head_is_not() -> None:
    small = {"l_eye": disc(*PLACES["l_eye"], 6), "l_brow": disc(*PLACES["l_brow"], 6)}
    eye = unequal_pairs(checked(features() | {"l_eye": small["l_eye"]})[0])
    # The eye has a quarter of the area: two octaves, halved, over three.
    assert eye == pytest.approx(1 / 3, abs=0.1)
    assert unequal_pairs(checked(features() | small)[0]) < 0.1
    alone = features({"l_eye": PLACES["l_eye"], "r_eye": PLACES["r_eye"]}) | {"l_eye": small["l_eye"]}
    assert unequal_pairs(checked(alone)[0]) == pytest.approx(2 / 3, abs=0.15)
