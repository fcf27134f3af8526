from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
import skimage.data
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as PillowImage

from natocc.codecs import (
    decode_plain_png,
    decode_plane,
    decode_rgb,
    encode_jpeg,
    encode_png,
    encode_png_rgb,
    is_plain_png,
)

PICTURE = skimage.data.astronaut()[:97, :131]


def test_another_reader_sees_red_as_red() -> None:
    red = np.zeros((32, 32, 3), np.uint8)
    red[..., 0] = 255
    for data in (encode_jpeg(red), encode_png_rgb(red)):
        seen = np.asarray(PillowImage.open(io.BytesIO(data)).convert("RGB"))
        assert np.abs(seen.astype(int) - red).max() <= 2


def test_a_jpeg_is_420_and_of_quality_95_unless_told() -> None:
    picture = PillowImage.open(io.BytesIO(encode_jpeg(PICTURE)))
    assert picture.format == "JPEG" and picture.layer[0][1:3] == (2, 2)  # type: ignore[attr-defined]
    assert picture.quantization[0][0] == 2  # type: ignore[attr-defined]
    assert len(encode_jpeg(PICTURE, 70)) < len(encode_jpeg(PICTURE)) < len(encode_jpeg(PICTURE, 100))


def test_a_plane_and_a_picture_come_back_from_png_to_the_bit() -> None:
    assert np.array_equal(decode_plane(encode_png(PICTURE[..., 1].copy())), PICTURE[..., 1])
    assert np.array_equal(decode_rgb(encode_png_rgb(PICTURE)), PICTURE)


def test_a_mask_is_one_8_bit_plane() -> None:
    seen = PillowImage.open(io.BytesIO(encode_png((PICTURE[..., 0] > 99).astype(np.uint8))))
    assert seen.mode == "L" and sorted(np.unique(np.asarray(seen))) == [0, 1]


def test_a_photograph_decodes_to_the_same_pixels_as_with_another_decoder() -> None:
    grey = cv2.imencode(".jpg", PICTURE[..., 0])[1].tobytes()
    for data in (encode_jpeg(PICTURE), encode_jpeg(PICTURE, 40), grey):
        other = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB)
        assert np.array_equal(decode_rgb(data), other)


@pytest.mark.parametrize("data", [b"", b"no picture", encode_jpeg(PICTURE)[:100]])
def test_bytes_that_are_no_picture_are_refused(data: bytes) -> None:
    for decode in (decode_rgb, decode_plane):
        with pytest.raises(ValueError, match=f"expected a JPEG or PNG, got {len(data)} bytes"):
            decode(data)


@given(st.integers(0, 63), st.integers(0, 63), st.tuples(*[st.integers(0, 255)] * 3))
def test_one_changed_pixel_is_felt_no_farther_than_one_coded_block(
    x: int, y: int, colour: tuple[int, int, int]
) -> None:
    picture = np.ascontiguousarray(skimage.data.astronaut()[100:164, 180:244])
    other = picture.copy()
    other[y, x] = colour
    apart = cv2.absdiff(decode_rgb(encode_jpeg(picture)), decode_rgb(encode_jpeg(other))).max(axis=2)
    near = slice(max(0, y - 16), y + 17), slice(max(0, x - 16), x + 17)
    apart[near] = 0
    assert apart.max() <= 1


def saved(picture: PillowImage.Image, **options: object) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "PNG", **options)
    return stream.getvalue()


def test_plain_pngs_give_the_pixels_that_pillow_gives() -> None:
    for picture in (PICTURE, PICTURE[..., 0], PICTURE[:1, :1], (PICTURE > 127).astype(np.uint8) * 255):
        data = saved(PillowImage.fromarray(picture))
        assert is_plain_png(data) == ("rgb" if picture.ndim == 3 else "mono")
        assert np.array_equal(decode_plain_png(data), picture)


def test_other_pngs_are_not_plain() -> None:
    colour, grey = PillowImage.fromarray(PICTURE), PillowImage.fromarray(PICTURE[..., 0])
    others = [colour.convert("RGBA"), colour.convert("P"), grey.convert("1"), grey.convert("I;16")]
    assert [is_plain_png(saved(one)) for one in others] == [""] * 4
    assert is_plain_png(encode_jpeg(PICTURE)) == is_plain_png(b"") == ""


@pytest.mark.parametrize("at", [*range(16, 24), 40, 60, -20])
@pytest.mark.parametrize("bit", [1, 0x40, 0x80])
def test_a_damaged_png_is_an_error_whatever_size_it_claims(at: int, bit: int) -> None:
    data = bytearray(saved(PillowImage.fromarray(PICTURE)))
    data[at] ^= bit
    with pytest.raises(ValueError, match="bytes that do not decode"):
        decode_plain_png(bytes(data))
