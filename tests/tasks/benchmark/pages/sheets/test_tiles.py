"""Tiles of a sheet."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from natocc.codecs import decode_rgb
from tasks.benchmark.pages.sheets.tiles import (
    TILE_SIDE,
    TOO_LITTLE,
    TOO_MUCH,
    css_colour,
    data_uri,
    error_tile,
    label_tile,
    picture_tile,
)
from tests.tasks.benchmark.pages.sheets.pictures import moved, picture

# 32 of 64 columns of the mask are face; its picture has 128.
TAKEN = picture()


def is_near(pixel: np.ndarray, colour: tuple[int, int, int]) -> bool:
    return bool(np.abs(pixel.astype(int) - colour).max() < 32)


def test_errors_have_their_colours_where_they_are_and_the_rest_is_grey() -> None:
    tile = error_tile(TAKEN, moved(TAKEN.mask, 8))
    row = tile[tile.shape[0] // 2]
    # Columns 0-7 of the mask are missed, 32-39 too many.
    assert is_near(row[8], TOO_LITTLE) and is_near(row[72], TOO_MUCH)
    assert np.ptp(row[32]) == 0 and np.ptp(row[120]) == 0


def test_a_perfect_prediction_leaves_no_colour() -> None:
    assert int(np.ptp(error_tile(TAKEN, TAKEN.mask), axis=2).max()) == 0


def test_the_label_tints_the_visible_face() -> None:
    tile = label_tile(TAKEN)
    assert tile[64, 10, 1] > tile[64, 10, 0] + 20 and np.ptp(tile[64, 120]) == 0


def test_tiles_are_small_and_keep_the_picture_s_shape() -> None:
    wide = picture(side=300)
    assert picture_tile(wide).shape == (TILE_SIDE, TILE_SIDE, 3) == error_tile(wide, wide.mask).shape
    assert picture_tile(TAKEN).shape == (128, 128, 3)


def test_a_prediction_of_another_size_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"k0: expected a prediction of the mask's size \(64, 64\), got \(32, 64\)"
    ):
        error_tile(TAKEN, TAKEN.mask[:32])


def test_a_data_uri_holds_the_tile() -> None:
    head, _, data = data_uri(picture_tile(TAKEN)).partition(",")
    assert head == "data:image/jpeg;base64"
    assert np.abs(decode_rgb(base64.b64decode(data)).astype(int) - 120).max() < 4


def test_colours_of_css() -> None:
    assert css_colour((213, 94, 0)) == "#d55e00"
