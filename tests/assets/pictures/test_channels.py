from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image as Pillow

from assets.pictures.channels import read_channels
from assets.problems import BadInput
from tests.png_files import GREY, GREY_ALPHA, PALETTE, RGB, RGB_ALPHA, bmp, png
from tests.raw_trees import disc, encoded

PLANE = disc(12, 20)
INSIDE = PLANE // 255
DEEP = np.arange(240, dtype=np.uint16).reshape(12, 20) * 257


@pytest.mark.parametrize("colour", [GREY_ALPHA, RGB_ALPHA])
def test_sixteen_bits_keep_their_values_and_their_alpha(colour: int) -> None:
    planes = [DEEP] * (1 if colour == GREY_ALPHA else 3) + [65535 - DEEP]
    found = read_channels(png(np.dstack(planes), colour, 16))
    assert found.alpha is not None and np.array_equal(found.alpha, 65535 - DEEP)
    assert np.array_equal(np.atleast_3d(found.colours)[..., 0], DEEP)


def test_channels_come_in_the_order_of_rgb() -> None:
    planes = np.dstack([DEEP, DEEP // 2, DEEP // 4])
    assert np.array_equal(read_channels(png(planes, RGB, 16)).colours, planes)
    assert np.array_equal(read_channels(png(planes // 257, RGB)).colours, planes // 257)


@pytest.mark.parametrize("depth", [1, 2, 4, 8, 16])
def test_the_transparent_value_of_grey_is_one_of_the_file_s_own_depth(depth: int) -> None:
    top = 2**depth - 1
    found = read_channels(png(INSIDE.astype(np.uint16) * top, GREY, depth, tRNS=top.to_bytes(2, "big")))
    assert found.alpha is not None and np.array_equal(found.alpha, 255 - PLANE)


@pytest.mark.parametrize("table", [b"\0", b"\x40\xff\x80"])
def test_transparency_of_a_palette_stands_in_its_own_table(table: bytes) -> None:
    found = read_channels(png(INSIDE, PALETTE, PLTE=bytes(range(9)), tRNS=table))
    assert found.palette and found.alpha is not None
    assert np.array_equal(found.alpha, np.where(INSIDE, 255, table[0]))
    assert found.colours[0, 0].tolist() == [0, 1, 2] and found.colours[6, 10].tolist() == [3, 4, 5]


def test_a_plain_png_has_no_alpha() -> None:
    for planes, colour in ((PLANE, GREY), (np.dstack([PLANE] * 3), RGB)):
        assert read_channels(png(planes, colour)).alpha is None


def test_the_fourth_byte_of_a_bmp_counts_if_it_varies() -> None:
    for fourth, there in ((PLANE, True), (PLANE * 0, False), (PLANE | 255, False)):
        found = read_channels(bmp(np.dstack([PLANE] * 3 + [fourth]).reshape(12, -1), 20, 32, []))
        assert (found.alpha is not None) == there
    assert np.array_equal(read_channels(encoded(PLANE, "BMP")).colours, PLANE)


def test_an_animation_is_no_mask() -> None:
    stream, frame = io.BytesIO(), Pillow.fromarray(PLANE)
    frame.save(stream, "PNG", save_all=True, append_images=[Pillow.fromarray(255 - PLANE)])
    with pytest.raises(BadInput, match="expected a mask, got 2 frames"):
        read_channels(stream.getvalue())


def test_text_is_no_mask() -> None:
    with pytest.raises(BadInput, match="expected a mask, got 4 bytes that are no JPEG"):
        read_channels(b"text")
