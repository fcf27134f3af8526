from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

from assets.pictures.mask import decode_mask
from assets.pictures.stray_grey import refuse_stray_grey
from assets.problems import BadInput
from natocc.geometry import Image
from tests.raw_trees import disc, encoded, portrait

DISC = disc(160, 160)


def cut(stored: Image) -> Image:
    return np.where(stored > 127, np.uint8(255), np.uint8(0))


def soft(sigma: float) -> Image:
    return np.asarray(cv2.GaussianBlur(DISC, (0, 0), sigma), np.uint8)


def labels() -> Image:
    return np.repeat((np.arange(160) // 16 * 20).astype(np.uint8)[:, None], 160, axis=1)


def texture() -> Image:
    return np.random.default_rng(0).integers(60, 200, (160, 160)).astype(np.uint8)


def islet() -> Image:
    plane = DISC.copy()
    plane[80, 80] = 254
    return plane


@pytest.mark.parametrize("stored", [DISC, soft(1.5), soft(2.5), DISC * 0, DISC | 255])
def test_soft_edges_are_no_fault(stored: Image) -> None:
    refuse_stray_grey(stored, cut(stored), lossy=False)


@pytest.mark.parametrize(
    ("stored", "got"),
    [
        (portrait()[..., 1].copy(), "grey on 98% of it"),
        (texture(), "grey on 100% of it"),
        (labels(), "grey on 90% of it"),
        (islet(), "1 grey pixel elsewhere, the first of 254"),
    ],
)
def test_grey_that_no_edge_explains_is_refused(stored: Image, got: str) -> None:
    with pytest.raises(BadInput) as caught:
        refuse_stray_grey(stored, cut(stored), lossy=False)
    assert caught.value.got == f"{got}; is it a photograph or a map of classes?"


def test_edges_of_large_masks_may_be_as_wide_in_proportion() -> None:
    large = np.asarray(cv2.GaussianBlur(disc(2048, 2048), (0, 0), 5), np.uint8)
    refuse_stray_grey(large, cut(large), lossy=False)
    small = np.ascontiguousarray(large[:600, 700:1300])
    with pytest.raises(BadInput, match="within 8 pixels of its edge alone"):
        refuse_stray_grey(small, cut(small), lossy=False)


@pytest.mark.parametrize("form", ["JPEG", "WEBP"])
@pytest.mark.parametrize("quality", [5, 30, 60, 90, 100])
def test_what_compression_adds_is_no_grey(form: str, quality: int) -> None:
    mask = decode_mask(encoded(DISC, form, quality=quality))
    assert (mask.plane != DISC).mean() < 0.01
    refuse_stray_grey(np.where(DISC > 0, 230, 25).astype(np.uint8), DISC, lossy=True)


@pytest.mark.parametrize("form", ["JPEG", "WEBP", "PNG"])
@pytest.mark.parametrize("made", [lambda: portrait()[..., 1].copy(), labels, lambda: soft(16)])
def test_photographs_and_maps_are_no_masks_in_any_format(form: str, made: Callable[[], Image]) -> None:
    with pytest.raises(BadInput, match="is it a photograph or a map of classes"):
        decode_mask(encoded(made(), form))


def test_grey_in_the_alpha_is_refused_too() -> None:
    white = np.full((160, 160, 3), 255, np.uint8)
    picture = Pillow.fromarray(np.dstack([white, soft(16)]))
    with pytest.raises(BadInput, match="is it a photograph"):
        decode_mask(encoded(np.asarray(picture), "PNG"))


@pytest.mark.parametrize("how", [cv2.INTER_LANCZOS4, cv2.INTER_CUBIC, cv2.INTER_LINEAR])
@pytest.mark.parametrize("sigma", [0, 0.7])
def test_a_mask_enlarged_four_times_is_a_mask(how: int, sigma: float) -> None:
    small = cv2.GaussianBlur(disc(64, 64), (0, 0), sigma) if sigma else disc(64, 64)
    large = np.asarray(cv2.resize(small, None, fx=4, fy=4, interpolation=how), np.uint8)
    refuse_stray_grey(large, cut(large), lossy=False)


def test_faint_values_far_from_the_edge_have_a_meaning() -> None:
    plane = disc(160, 160)
    for value, at in ((1, (2, 2)), (254, (80, 80))):
        marked = plane.copy()
        marked[at] = value
        with pytest.raises(BadInput, match=f"1 grey pixel elsewhere, the first of {value};"):
            refuse_stray_grey(marked, plane, lossy=False)
