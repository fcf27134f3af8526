from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from natocc.transforms.labels import Labels
from natocc.transforms.read_targets import read_targets
from natocc.transforms.sample import Sample

IMAGE, MASK = np.zeros((6, 4, 3), np.uint8), np.ones((6, 4), np.uint8)
TARGETS = {"alpha": "mask", "hair": "mask", "parts": "masks", "clean": "image"}


def read(**data: Any) -> Sample:
    return read_targets("NatOcc", data, additional=TARGETS, labels=Labels(), report="occlusion")


def test_one_image_has_masks_of_every_kind() -> None:
    sample = read(
        image=IMAGE, mask=MASK, hair=MASK, masks=[MASK], parts=np.ones((2, 6, 4)), clean=IMAGE, id=3
    )
    assert not sample.several and sample.face_masks[0] is MASK
    assert (sample.mask_keys, sample.stack_keys) == (("mask", "hair"), ("masks", "parts"))


def test_without_mask_the_first_of_masks_shows_the_face() -> None:
    other = np.zeros_like(MASK)
    assert read(image=IMAGE, mask=None, masks=[MASK, other]).face_masks[0] is MASK


def test_several_images_have_a_mask_each() -> None:
    sample = read(images=[IMAGE, IMAGE], masks=np.stack([MASK, MASK]), alpha=np.zeros((2, 6, 4), np.uint8))
    assert sample.several and len(sample.images) == len(sample.face_masks) == 2


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "expected image=… and mask=…, or images=… and masks=… with a mask for each, got none"),
        ({"image": IMAGE, "mask": None}, "with a mask for each, got image"),
        ({"image": IMAGE, "masks": []}, "with a mask for each, got image, masks"),
        ({"images": [IMAGE], "mask": MASK}, "with a mask for each, got images, mask"),
        ({"images": [], "masks": []}, "with a mask for each, got images, masks"),
        ({"image": IMAGE, "images": [IMAGE], "masks": [MASK]}, "got both image and images"),
        ({"images": [IMAGE], "masks": [MASK], "hair": MASK}, "expected masks=… beside images=…, got hair"),
        ({"images": [IMAGE] * 2, "masks": [MASK]}, "masks: expected 2 masks, one an image, got 1"),
        ({"images": [IMAGE, IMAGE[:5]], "masks": [MASK, MASK[:5]]}, "expected images of one size"),
        ({"images": [IMAGE, IMAGE[..., 0]], "masks": [MASK] * 2}, "images: expected RGB HxWx3"),
        ({"image": IMAGE, "mask": MASK, "masks": [MASK, MASK[:5]]}, "masks: expected HxW or HxWx1, 6x4"),
        ({"image": IMAGE, "mask": MASK, "masks": 3}, "masks: expected a list or NxHxW of masks, got a int"),
        (
            {"image": IMAGE, "mask": MASK, "volume": np.zeros((2, 6, 4))},
            "got volume; give slices as images=…",
        ),
        ({"image": IMAGE, "mask": MASK, "alpha": [1]}, "expected alpha as uint8 HxW like the image, got 1"),
        (
            {"images": [IMAGE], "masks": [MASK], "alpha": np.zeros((6, 4), np.uint8)},
            "expected alpha as uint8 NxHxW like the images, got uint8 (6, 4)",
        ),
        ({"image": IMAGE, "mask": MASK, "occlusion": {}}, "name the second's report: report='occlusion_2'"),
    ],
)
def test_data_that_do_not_fit_are_refused_in_words(data: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match="^NatOcc: (.*)" + re.escape(message)):
        read(**data)
