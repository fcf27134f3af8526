from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import cv2
import numpy as np
import pytest
import skimage.data

from natocc.geometry import Image
from tasks.partition.near_duplicates import LEAST_LIKENESS, MOST_BITS
from tasks.partition.picture_hash import PictureHash, hash_picture, likeness
from tests.raw_trees import portrait


def grey(picture: Image) -> Image:
    return cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.uint8) if picture.ndim == 3 else picture


PICTURES = {
    "face": grey(portrait(320, 320)),
    "coffee": grey(skimage.data.coffee()),
    "cat": grey(skimage.data.chelsea()),
    "camera": grey(skimage.data.camera()),
    "rocket": grey(skimage.data.rocket()),
    "coins": grey(skimage.data.coins()),
}


def jpeg(picture: Image, quality: int) -> Image:
    data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return cv2.imdecode(data, cv2.IMREAD_GRAYSCALE).astype(np.uint8)


def cropped(picture: Image, left: float, top: float, right: float, bottom: float) -> Image:
    height, width = picture.shape
    rows = slice(round(top * height), height - round(bottom * height))
    return np.ascontiguousarray(picture[rows, round(left * width) : width - round(right * width)])


COPIES: dict[str, Callable[[Image], Image]] = {
    "compressed": lambda picture: jpeg(picture, 30),
    "smaller": lambda picture: cv2.resize(picture, (150, 150), interpolation=cv2.INTER_AREA).astype(np.uint8),
    "cropped": lambda picture: cropped(picture, 0.03, 0.03, 0, 0),
    "cropped all round": lambda picture: cropped(picture, 0.02, 0.02, 0.02, 0.02),
    "brighter": lambda picture: np.clip(picture * 1.15 + 8, 0, 255).astype(np.uint8),
    "mirrored": lambda picture: np.ascontiguousarray(picture[:, ::-1]),
    "all at once": lambda picture: jpeg(cropped(picture, 0.02, 0.01, 0, 0)[:, ::-1], 60),
}


def alike(one: PictureHash, other: PictureHash) -> tuple[int, float]:
    """The fewest bits that differ, and the likeness, as it is or mirrored."""
    bits = min((one.bits ^ other.bits).bit_count(), (one.mirrored ^ other.bits).bit_count())
    return bits, max(likeness(other, one, mirrored=mirrored) for mirrored in (False, True))


@pytest.mark.parametrize("copy", COPIES)
def test_a_copy_is_found(copy: str) -> None:
    for name, picture in PICTURES.items():
        bits, found = alike(hash_picture(COPIES[copy](picture)), hash_picture(picture))
        assert bits <= MOST_BITS and found >= LEAST_LIKENESS, (name, bits, found)


def test_other_pictures_are_not_alike() -> None:
    """Of the 1,176 pairs of the demo's 49 faces, all of one alignment, none is above 0.72."""
    hashes = [hash_picture(picture) for picture in PICTURES.values()]
    assert max(alike(*pair)[1] for pair in combinations(hashes, 2)) < 0.75 < LEAST_LIKENESS


def test_the_mirrored_hash_is_that_of_the_mirror_image() -> None:
    for picture in PICTURES.values():
        mirror = hash_picture(np.ascontiguousarray(picture[:, ::-1]))
        assert (hash_picture(picture).mirrored ^ mirror.bits).bit_count() <= 2


def test_a_picture_of_one_colour_is_like_nothing() -> None:
    blank = hash_picture(np.full((64, 64), 128, np.uint8))
    assert likeness(blank, blank, mirrored=False) == -1
    assert likeness(blank, hash_picture(PICTURES["cat"]), mirrored=False) == -1
