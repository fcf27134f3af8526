from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pycocotools import mask as coco_mask

from assets.problems import BadInput
from natocc.geometry import Box, Image
from natocc.masks.rle import decode_runs
from tasks.prepare.occluders.matte import make_matte, outline_runs, polygons_within
from tests.raw_trees import square


def rasterise(segmentation: Any, size: tuple[int, int]) -> Image:
    return decode_runs(outline_runs(segmentation, size), size)


def test_polygons_and_both_kinds_of_rle_agree() -> None:
    polygon = square(60, 50, 100, 80)
    mask = rasterise(polygon, (200, 300))
    assert mask.dtype == np.uint8 and mask.sum() == 255 * 8000 and (mask[50:130, 60:160] == 255).all()
    packed = coco_mask.encode(np.asfortranarray(mask // 255))
    assert np.array_equal(
        rasterise({"size": [200, 300], "counts": packed["counts"].decode()}, (200, 300)), mask
    )
    two = rasterise(polygon + square(0, 0, 10, 10), (200, 300))
    assert (two > 0).sum() == 8100


@pytest.mark.parametrize(
    ("segmentation", "error"),
    [
        ([[0.0, 0.0, 5.0, 5.0]], "a polygon of at least 3 points, got 2"),
        ([[0.0, 0.0, 5.0, 5.0, 9.0]], "a polygon of pairs x, y, got 5 numbers"),
        ([[0.0, 0.0, 5.0, 5.0, 4000.0, 9.0]], "points on the image of 300x200, got .*, far outside"),
        ({"size": [20, 30], "counts": [600]}, "the image's size 300x200, got 30x20"),
    ],
)
def test_annotations_that_make_no_mask_say_why(segmentation: object, error: str) -> None:
    with pytest.raises(BadInput, match=error):
        rasterise(segmentation, (200, 300))


def test_polygons_follow_their_box_and_its_size() -> None:
    box = Box(50, 40, 150, 120)
    assert polygons_within(square(60, 50, 10, 20), box, (40, 50)) == [
        [5.0, 5.0, 10.0, 5.0, 10.0, 15.0, 5.0, 15.0]
    ]
    assert polygons_within({"size": [200, 300], "counts": []}, box, (40, 50)) == []


@pytest.mark.parametrize("with_polygons", [True, False], ids=["polygons", "an RLE"])
def test_where_colours_tell_nothing_the_annotation_is_the_matte(with_polygons: bool) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (100, 120, 3), np.uint8)
    polygons = square(30, 30, 60, 40)
    mask = rasterise(polygons, (100, 120))
    matte = make_matte(noise, mask, polygons if with_polygons else [])
    assert matte.metadata["matte"] == "outline"
    assert matte.large.shape == (400, 480) and matte.alpha.shape == mask.shape
    assert (matte.large > 127).sum() == pytest.approx(16 * 2400, rel=0.05)
    assert not matte.large[0].any() and not matte.large[:, 0].any()


def test_an_object_on_plain_ground_is_refined() -> None:
    photo = np.full((200, 300, 3), (20, 60, 220), np.uint8)
    photo[50:130, 60:160] = (250, 220, 40)
    matte = make_matte(photo, rasterise(square(58, 48, 104, 84), (200, 300)), square(58, 48, 104, 84))
    assert matte.metadata["matte"] == "refined"
    assert (matte.alpha > 127).sum() == pytest.approx(8000, rel=0.05), "the object, not the annotation"
