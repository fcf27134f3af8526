from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image as Pillow

from natocc.files.content.planes import (
    UnusablePixels,
    fault_of_alpha,
    fault_of_photograph,
    has_sixteen_bits,
    planes_of,
)
from tests.png_files import GREY, GREY_ALPHA, PALETTE, RGB, RGB_ALPHA, png
from tests.raw_trees import disc, encoded, portrait

PLANE = disc(12, 20)
INSIDE = PLANE // 255


def opened(data: bytes) -> Pillow.Image:
    picture = Pillow.open(io.BytesIO(data))
    picture.load()
    return picture


@pytest.mark.parametrize("colour", [GREY, GREY_ALPHA, RGB, RGB_ALPHA])
@pytest.mark.parametrize("top", [1, 255, 4095])
def test_smaller_numbers_in_sixteen_bits_are_refused_with_the_greatest(colour: int, top: int) -> None:
    count = {GREY: 1, GREY_ALPHA: 1, RGB: 3, RGB_ALPHA: 3}[colour]
    planes = np.dstack([INSIDE.astype(np.uint16) * top] * count)
    if colour in (GREY_ALPHA, RGB_ALPHA):
        planes = np.dstack([planes, np.full(PLANE.shape, 65535, np.uint16)])
    data = png(planes, colour, 16)
    with pytest.raises(UnusablePixels, match=f"^16 bits a channel, values up to {top}, which is black"):
        planes_of(opened(data), data)
    planes[0, 0] = 4096
    data = png(planes, colour, 16)
    assert planes_of(opened(data), data).colours.size == (20, 12)


@pytest.mark.parametrize("depth", [1, 2, 4, 8, 16])
def test_a_transparent_grey_is_one_of_the_file_s_own_depth(depth: int) -> None:
    top = 2**depth - 1
    data = png(INSIDE.astype(np.uint16) * top, GREY, depth, tRNS=b"\0\0")
    found = planes_of(opened(data), data)
    assert found.alpha is not None and np.array_equal(found.alpha, PLANE)
    assert "A" not in found.colours.getbands() and "transparency" not in found.colours.info


@pytest.mark.parametrize("depth", [8, 16])
def test_a_transparent_colour_is_one_of_the_file_s_own_depth(depth: int) -> None:
    # The other colour differs in its lowest bit alone, which 8 bits do not hold.
    colours = np.dstack([INSIDE.astype(np.uint16)] * 3) + np.uint16(2 ** (depth - 1))
    key = int(colours[0, 0, 0]).to_bytes(2, "big") * 3
    data = png(colours, RGB, depth, tRNS=key)
    found = planes_of(opened(data), data)
    assert found.alpha is not None and np.array_equal(found.alpha, PLANE)
    assert (np.asarray(found.colours)[..., 0] // 2 == 64).all()


def test_alpha_and_palettes_come_with_their_colours() -> None:
    rgba = np.dstack([portrait(12, 20), PLANE])
    data = encoded(rgba, "PNG")
    found = planes_of(opened(data), data)
    assert found.alpha is not None and np.array_equal(found.alpha, PLANE)
    assert np.array_equal(np.asarray(found.colours), rgba[..., :3])
    data = png(INSIDE, PALETTE, PLTE=bytes(range(9)), tRNS=b"\x40")
    found = planes_of(opened(data), data)
    assert found.alpha is not None and np.array_equal(found.alpha, np.where(INSIDE, 255, 0x40))
    data = encoded(portrait(12, 20))
    assert planes_of(opened(data), data).alpha is None


def test_sixteen_bits_are_seen_in_the_header() -> None:
    for colour, count in ((GREY, 1), (RGB, 3)):
        for depth in (8, 16):
            data = png(np.dstack([PLANE] * count), colour, depth)
            assert has_sixteen_bits(opened(data), data) == (depth == 16)


def test_an_alpha_cuts_out_where_it_is_on_both_sides_of_its_bounds() -> None:
    alpha = np.array([[0, 128]], np.uint8)
    assert fault_of_alpha(alpha) == ""
    assert (
        fault_of_alpha(alpha, empty=128)
        == fault_of_alpha(alpha - alpha)
        == "one that is transparent everywhere"
    )
    assert fault_of_alpha(np.array([[128, 255]], np.uint8)) == "one that is opaque everywhere"


def test_a_photograph_shows_more_than_one_colour() -> None:
    rgb = np.full((8, 8, 3), (9, 8, 7), np.uint8)
    assert fault_of_photograph(rgb, None) == "one single colour, 9,8,7"
    rgb[7, 7, 2] = 8
    assert fault_of_photograph(rgb, None) == ""
    clear = np.full((8, 8), 127, np.uint8)
    assert fault_of_photograph(rgb, clear) == "one that is transparent everywhere"
    assert fault_of_photograph(rgb, clear + np.uint8(1)) == ""
