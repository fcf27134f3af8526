from __future__ import annotations

import struct

import numpy as np
import pytest

from assets.demo.pixels import cut, decode, decode_alpha, decode_gimp_pattern, jpeg, png, warp

RED = np.full((4, 6, 3), (200, 10, 30), np.uint8)


def pattern(channels: int) -> bytes:
    pixels = np.arange(2 * 3 * channels, dtype=np.uint8)
    return struct.pack(">5I", 28, 1, 3, 2, channels) + b"GPAT" + b"abc\0" + pixels.tobytes()


def test_colours_are_red_green_blue_both_ways() -> None:
    assert np.array_equal(decode(png(RED), "a"), RED)
    assert np.abs(decode(jpeg(RED), "a").astype(int) - RED).max() <= 6
    mask = np.eye(4, dtype=np.uint8) * 255
    assert np.array_equal(decode(png(mask), "a")[..., 0], mask)


def test_alpha_needs_four_channels() -> None:
    with pytest.raises(ValueError, match=r"^a: expected 8-bit RGBA, got shape \(4, 6, 3\) of uint8$"):
        decode_alpha(png(RED), "a")


def test_a_pattern_of_gimp_is_read_and_its_grey_repeated() -> None:
    colours = decode_gimp_pattern(pattern(4), "a")
    assert colours.shape == (2, 3, 3) and colours[0, 1].tolist() == [4, 5, 6]
    grey = decode_gimp_pattern(pattern(1), "a")
    assert grey[1].tolist() == [[3] * 3, [4] * 3, [5] * 3]


@pytest.mark.parametrize("data", [b"", b"x" * 40])
def test_other_bytes_are_an_error_with_the_name(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"^a\.pat: expected a GIMP pattern"):
        decode_gimp_pattern(data, "a.pat")


def test_bytes_that_are_no_picture_are_an_error_with_the_name() -> None:
    with pytest.raises(ValueError, match=r"^a\.jpg: expected a picture that OpenCV can decode"):
        decode(b"not a picture", "a.jpg")


def test_a_box_is_cut_with_its_end_excluded() -> None:
    picture = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)
    assert np.array_equal(cut(picture, (1, 2, 4, 3)), picture[2:3, 1:4])
    assert cut(picture, None) is picture


def test_a_shift_moves_pixels_and_reflects_the_border() -> None:
    picture = np.arange(16, dtype=np.uint8).reshape(4, 4, 1).repeat(3, axis=2) * 10
    moved = warp(picture, ((1.0, 0.0, 1.0), (0.0, 1.0, 0.0)), 4)
    assert np.array_equal(moved[:, 1:], picture[:, :3])
    assert np.array_equal(moved[:, 0], picture[:, 0])
