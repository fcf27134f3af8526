from __future__ import annotations

import re

import numpy as np
import pytest
from PIL import Image as Pillow

from natocc.transforms.images import from_uint8, to_uint8
from tests.natocc.banks import make, training_face


class Tensor:
    """As much of a PyTorch tensor as is looked at."""

    def permute(self) -> None: ...


GREY = np.full((4, 5), 0.5, np.float32)


def rgb(value: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.full((4, 5, 3), value, np.float32)


@pytest.mark.parametrize("name", ["natocc", "randocc"])
def test_float32_is_occluded_as_the_picture_of_8_bits(name: str) -> None:
    image, mask = training_face(128, 128)
    for seed in range(3):
        plain = make(name).occlude(image=image, mask=mask, seed=seed)
        out = make(name).occlude(image=image / np.float32(255), mask=mask, seed=seed)
        assert out["image"].dtype == np.float32 and out["occlusion"] == plain["occlusion"]
        assert np.array_equal(out["image"], plain["image"].astype(np.float32) / np.float32(255))
        assert np.array_equal(out["mask"], plain["mask"]) and np.array_equal(out["alpha"], plain["alpha"])


def test_values_that_stay_are_those_that_came_to_the_bit() -> None:
    image = np.random.default_rng(0).random((4, 5, 3), np.float32)
    before = to_uint8("image", image)
    after = before.copy()
    after[1, 2] = 255 - after[1, 2]
    out = from_uint8(after, before, image)
    changed = out != image
    assert changed[1, 2].all() and np.count_nonzero(changed) == 3
    assert out[1, 2] == pytest.approx(after[1, 2] / 255)
    assert from_uint8(after, before, before) is after


def test_views_and_rounding_beyond_the_range_are_taken() -> None:
    image = np.random.default_rng(0).integers(0, 256, (6, 8, 3), np.uint8)
    for view in (image[::2, ::-1], image.transpose(1, 0, 2), np.asfortranarray(image)):
        taken = to_uint8("image", view)
        assert taken.flags.c_contiguous and np.array_equal(taken, view)
    assert to_uint8("image", rgb(1 + 1e-6)).max() == 255 and to_uint8("image", rgb(-1e-6)).min() == 0


@pytest.mark.parametrize(
    ("image", "got", "advice"),
    [
        (GREY, "float32 (4, 5)", "cv2.COLOR_GRAY2RGB"),
        (GREY[..., None], "float32 (4, 5, 1)", "cv2.COLOR_GRAY2RGB"),
        (np.zeros((4, 5, 4), np.uint8), "uint8 (4, 5, 4)", "leave its fourth channel out: image[..., :3]"),
        (np.zeros((4, 5, 2), np.uint8), "uint8 (4, 5, 2)", "give three channels"),
        (np.zeros((3, 4, 5), np.uint8), "uint8 (3, 4, 5)", "its channels come first"),
        (np.zeros((1, 4, 5, 3), np.uint8), "uint8 (1, 4, 5, 3)", "give several images as images=…"),
        (np.zeros((0, 5, 3), np.uint8), "uint8 (0, 5, 3)", "the image is empty"),
        (rgb(0.5).astype(np.float64), "float64 (4, 5, 3)", "give image.astype(np.float32)"),
        (rgb(0.5).astype(np.float16), "float16 (4, 5, 3)", "give image.astype(np.float32)"),
        (np.zeros((4, 5, 3), np.uint16), "uint16 (4, 5, 3)", "convert it to uint8"),
        (np.zeros((4, 5, 3), np.bool_), "bool (4, 5, 3)", "convert it to uint8"),
        (rgb(254), "float32 (4, 5, 3) of 254 to 254", "divide it by 255"),
        (rgb(60000), "float32 (4, 5, 3) of 60000 to 60000", "scale it to 0-1"),
        (rgb(-2), "float32 (4, 5, 3) of -2 to -2", "occlude before normalising"),
        (rgb(np.nan), "float32 (4, 5, 3) of nan to nan", "find out where NaN or infinity comes from"),
        (rgb(np.inf), "float32 (4, 5, 3) of inf to inf", "find out where NaN or infinity comes from"),
        (Tensor(), "a Tensor", "occlude before conversion to tensors"),
        (Pillow.new("L", (4, 5)), "a Image", "give np.asarray(image.convert('RGB'))"),
        ([[1]], "a list", "give a numpy array"),
    ],
)
def test_other_images_are_refused_with_what_to_do(image: object, got: str, advice: str) -> None:
    expected = f"image: expected RGB HxWx3 of uint8, or of float32 in 0-1, got {got}; "
    with pytest.raises(ValueError, match="^" + re.escape(expected)) as caught:
        to_uint8("image", image)
    assert advice in str(caught.value)
