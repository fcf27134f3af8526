from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from natocc.transforms.masks import check_label_mask, face_pixels, mark_hidden, markable_pixels

MASK = np.array([[0, 1, 4, 13, 19]], np.uint8)


def test_face_is_what_the_classes_name_and_is_not_hidden_already() -> None:
    assert face_pixels(MASK, None, 0).tolist() == [[0, 1, 1, 1, 1]]
    assert face_pixels(MASK, None, 19).tolist() == [[0, 1, 1, 1, 0]]
    assert face_pixels(MASK, (1, 4), 19).tolist() == [[0, 1, 1, 0, 0]]
    assert face_pixels(MASK, (0, 1), 0).tolist() == [[0, 1, 0, 0, 0]]
    assert face_pixels(MASK.astype(np.int64), (1,), 255).dtype == np.uint8


def test_marks_go_on_the_face_or_everywhere() -> None:
    hidden = np.array([[True, True, False, True, True]])
    face = np.array([[False, True, True, False, False]])
    assert mark_hidden(MASK, hidden, face, 19).tolist() == [[0, 19, 4, 13, 19]]
    assert mark_hidden(MASK, hidden, None, 255).tolist() == [[255, 255, 4, 255, 255]]
    assert MASK.tolist() == [[0, 1, 4, 13, 19]]


@pytest.mark.parametrize(
    "dtype", [np.bool_, np.uint8, np.int32, np.int64, np.float16, np.float32, np.float64]
)
def test_masks_of_every_dtype_with_or_without_a_channel_are_taken(dtype: Any) -> None:
    mask = np.array([[0, 1], [1, 0]]).astype(dtype)
    for given in (mask, mask[..., None]):
        assert check_label_mask("mask", given, (2, 2), 0) is given
        assert face_pixels(given, None, 0).tolist() == [[0, 1], [1, 0]]
        marked = mark_hidden(given, np.array([[True, True], [False, False]]), None, 0)
        assert marked.dtype == dtype and marked.shape == given.shape
        assert marked.reshape(2, 2).tolist() == [[0, 0], [1, 0]]


def test_floats_of_whole_numbers_are_classes_and_fractions_a_soft_mask() -> None:
    assert face_pixels(MASK.astype(np.float32), (1, 4), 19).tolist() == [[0, 1, 1, 0, 0]]
    assert face_pixels(np.array([[0.0, 255.0]]), None, 0).tolist() == [[0, 1]]
    soft = np.array([[0.0, 0.2, 0.5, 0.9, 1.0]])
    assert face_pixels(soft, None, 0).tolist() == [[0, 0, 1, 1, 1]]
    assert markable_pixels(soft, None, 0).tolist() == [[False, True, True, True, True]], "the faint rim too"
    assert markable_pixels(soft, None, 1).tolist() == [[False, True, True, True, False]]
    assert markable_pixels(MASK, None, 19).tolist() == [[False, True, True, True, False]]


@pytest.mark.parametrize(
    ("mask", "got"),
    [
        (np.zeros((2, 3), np.uint8), "2x2 like the image, of booleans, integers or floats, got uint8 (2, 3)"),
        (np.zeros((2, 2, 3), np.uint8), "got uint8 (2, 2, 3)"),
        (np.zeros((1, 2, 2), np.uint8), "got uint8 (1, 2, 2)"),
        (np.zeros((2, 2), np.complex64), "got complex64 (2, 2)"),
        ([[0, 1], [1, 0]], "got a list"),
        (np.array([[0, np.nan], [0, 1]]), "0-1 or whole numbers, got NaN or infinity"),
        (np.array([[0, 127.5], [0, 255]]), "got fractions in 0 to 255; scale it to 0-1, or round it"),
        (np.array([[-0.5, 0], [0, 1]]), "got fractions in -0.5 to 1; scale it to 0-1, or round it"),
    ],
)
def test_other_masks_are_refused_in_words(mask: object, got: str) -> None:
    with pytest.raises(ValueError, match="^mask: expected .*" + re.escape(got)):
        check_label_mask("mask", mask, (2, 2), 0)


@pytest.mark.parametrize(
    ("dtype", "value"), [(np.bool_, 19), (np.uint8, 256), (np.uint8, -1), (np.int8, 255)]
)
def test_a_mask_that_cannot_hold_the_value_is_refused(dtype: Any, value: int) -> None:
    got = f"can hold occluded_value={value}, got {np.dtype(dtype)}"
    with pytest.raises(ValueError, match=got):
        check_label_mask("mask", np.zeros((2, 2), dtype), (2, 2), value)


def test_a_soft_mask_that_holds_the_label_of_an_earlier_occluder_stays_soft() -> None:
    mask = np.full((4, 4), 0.7, np.float32)
    mask[0] = 255
    assert check_label_mask("mask", mask, (4, 4), 255) is mask
    assert face_pixels(mask, None, 255)[1:].all() and not face_pixels(mask, None, 255)[0].any()
    with pytest.raises(ValueError, match=r"got fractions in 0\.7 to 255"):
        check_label_mask("mask", mask, (4, 4), 0)
