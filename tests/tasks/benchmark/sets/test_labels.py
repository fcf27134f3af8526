"""Planes from members."""

from __future__ import annotations

import numpy as np
import pytest

from natocc.codecs import encode_jpeg, encode_png
from natocc.geometry import Image
from natocc.masks.policy import CLASS_IDS
from tasks.benchmark.sets.labels import decode_picture, glasses
from tasks.benchmark.sets.picture import PictureFacts
from tests.raw_trees import disc, portrait
from tests.small_version import occluded_face

FACTS = PictureFacts(key="a")


def face(mask: Image, **more: bytes) -> dict[str, bytes]:
    named = {name.replace("_png", ".png"): data for name, data in more.items()}
    return {"jpg": encode_jpeg(portrait(40, 40)), "mask.png": encode_png(mask)} | named


def test_a_rendered_sample_has_its_matte_and_the_face_without_it() -> None:
    picture = decode_picture(FACTS, occluded_face(3, side=48), "s.tar: a")
    assert picture.image.shape == (48, 48, 3) and picture.mask.shape == (48, 48)
    assert picture.alpha is not None and picture.alpha.max() == 255
    assert picture.clean_mask is not None
    assert (picture.mask == ((picture.clean_mask > 0) & (picture.alpha < 128))).all()
    assert picture.parsing is None and picture.disputed is None


def test_a_mask_keeps_its_own_size_and_white_becomes_one() -> None:
    picture = decode_picture(FACTS, face(disc(20, 20)), "s.tar: a")
    assert picture.mask.shape == (20, 20) and set(np.unique(picture.mask)) == {0, 1}
    assert picture.image.shape == (40, 40, 3)


def test_a_parsing_map_of_another_size_gets_the_mask_s() -> None:
    parsing = np.zeros((10, 10), np.uint8)
    parsing[5:] = CLASS_IDS["eye_g"]
    picture = decode_picture(FACTS, face(disc(20, 20), parsing_png=encode_png(parsing)), "s.tar: a")
    assert picture.parsing is not None and picture.disputed is not None
    assert picture.parsing.shape == (20, 20)
    assert picture.disputed[10:].all() and not picture.disputed[:10].any()


def test_eyes_behind_glasses_are_glasses_and_other_eyes_are_not() -> None:
    eye, frame, skin = CLASS_IDS["l_eye"], CLASS_IDS["eye_g"], CLASS_IDS["skin"]
    parsing = np.array([[frame, eye, eye, skin]], np.uint8)
    mask = np.array([[0, 0, 1, 1]], np.uint8)
    assert glasses(parsing, mask).tolist() == [[1, 1, 0, 0]]
    assert not glasses(np.array([[eye, skin]], np.uint8), np.zeros((1, 2), np.uint8)).any()


def test_what_can_t_be_used_is_named() -> None:
    members = face(disc(20, 20))
    with pytest.raises(ValueError, match=r"^s\.tar: a\.mask\.png: expected this member in the shard, found"):
        decode_picture(FACTS, {"jpg": members["jpg"]}, "s.tar: a")
    with pytest.raises(ValueError, match=r"^s\.tar: a\.jpg: image bytes: expected a JPEG or PNG"):
        decode_picture(FACTS, members | {"jpg": members["jpg"][:200]}, "s.tar: a")
    with pytest.raises(ValueError, match=r"^s\.tar: a\.mask\.png: expected a mask of 0 and 1"):
        decode_picture(FACTS, face(disc(20, 20) // 2), "s.tar: a")
