from __future__ import annotations

import numpy as np
import pytest
from PIL import ImageFont

from natocc.geometry import Image
from tasks.contact_sheet import Strip, compose_sheet, fit_cell, fit_text, on_checks, overlay

PAPER = (250, 250, 248)


def grey(height: int, width: int, level: int = 90) -> Image:
    return np.full((height, width, 3), level, np.uint8)


@pytest.mark.parametrize(("height", "width"), [(30, 60), (300, 600), (1, 2)])
def test_a_picture_fills_its_tile_in_the_longer_direction_and_is_centred(height: int, width: int) -> None:
    tile = fit_cell(grey(height, width), 60)
    assert tile.shape == (60, 60, 3)
    assert (tile[15:45] == 90).all() and (tile[:15] == PAPER).all() and (tile[45:] == PAPER).all()


def test_a_plane_becomes_grey_and_a_line_does_not_vanish() -> None:
    assert (fit_cell(np.full((8, 8), 7, np.uint8), 16) == 7).all()
    assert (fit_cell(grey(1, 1000), 100) == 90).all(axis=2).sum() == 100


def test_a_mask_of_another_size_tints_what_it_covers() -> None:
    mask = np.zeros((50, 50), np.uint8)
    mask[10:40, 10:40] = 1
    out = overlay(grey(100, 100, 100), mask)
    assert (out[50, 50] == (50, 150, 95)).all() and (out[5, 5] == 100).all()


def test_a_cut_out_lies_on_checks() -> None:
    alpha = np.zeros((48, 48), np.uint8)
    alpha[:24] = 255
    out = on_checks(grey(48, 48), alpha)
    assert (out[:24] == 90).all() and (out[30, 0] == 245).all() and (out[30, 30] == 205).all()


def test_strips_stand_in_a_grid_as_wide_as_the_widest() -> None:
    strips = [
        Strip(pictures=(grey(10, 10, 10 * number),) * (1 + number % 2), caption=str(number))
        for number in range(1, 5)
    ]
    sheet = compose_sheet(strips, "title", side=50, columns=3)
    assert sheet.shape == (34 + 2 * (50 + 18 + 10), 3 * (2 * 50 + 10) + 10, 3)
    assert (sheet[34:84, 10:110] == 10).all(), "two pictures side by side"
    assert (sheet[34:84, 120:170] == 20).all() and (sheet[34:84, 170:220] == PAPER).all()
    assert (sheet[34 + 78 : 34 + 128, 10:60] == 40).all(), "the fourth begins a row"


def test_a_long_caption_stays_under_its_strip() -> None:
    sheets = [
        compose_sheet([Strip(pictures=(grey(9, 9),), caption="x" * count)], "", side=62, columns=1)
        for count in (11, 400)
    ]
    assert sheets[0].shape == sheets[1].shape
    assert (sheets[1][100:, 80:] == PAPER).all()


def test_no_strips_are_a_title_alone() -> None:
    assert compose_sheet([], "title", side=50, columns=3).shape[0] == 34


def test_a_caption_stays_on_its_line() -> None:
    strips = [Strip(pictures=(grey(8, 8), grey(8, 8)), caption="a\nb\n\nc\x1b[2J")]
    sheet = compose_sheet(strips, "one\ntwo", side=40, columns=1)
    plain = compose_sheet([Strip(pictures=strips[0].pictures, caption="a")], "one", side=40, columns=1)
    assert sheet.shape == plain.shape
    assert (sheet[26:34] == PAPER).all()


def test_a_text_is_cut_with_a_sign_where_it_does_not_fit() -> None:
    font = ImageFont.load_default(12)
    for text in ("W" * 100, "i" * 100, "texture banded_0002 banded train"):
        cut = fit_text(text, 100, font)
        assert cut.endswith("…") and text.startswith(cut[:-1])
        assert 85 < font.getlength(cut) <= 100
    assert fit_text("hand 7", 100, font) == "hand 7"
    assert fit_text("hand 7", 3, font) == "…"
