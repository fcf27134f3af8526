from __future__ import annotations

import io
import random
import re

import numpy as np
import pytest
import skimage.data
from PIL import Image as Pillow

from natocc.codecs import decode_rgb
from natocc.files.jpeg import DamagedPicture, decode_sound_jpeg

PHOTO = np.ascontiguousarray(skimage.data.astronaut()[:320, 60:380])


def jpeg(mode: str = "RGB", **options: object) -> bytes:
    stream = io.BytesIO()
    Pillow.fromarray(PHOTO).convert(mode).save(stream, "JPEG", **({"quality": 90} | options))
    return stream.getvalue()


def fault(data: bytes) -> str:
    with pytest.raises(DamagedPicture) as caught:
        decode_sound_jpeg(data)
    return str(caught.value)


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("progressive", [False, True])
def test_undamaged_jpegs_have_the_pixels_that_pillow_gives(mode: str, progressive: bool) -> None:
    data = jpeg(mode, progressive=progressive)
    colours = {"RGB": "RGB", "L": "GRAY", "CMYK": "CMYK"}[mode]
    found = decode_sound_jpeg(data, colours)
    assert found is not None and found.clean
    if mode != "CMYK":  # Adobe's are inverted there
        assert np.array_equal(found.pixels.squeeze(), np.asarray(Pillow.open(io.BytesIO(data))))


def test_a_feature_that_the_decoder_lacks_is_not_damage() -> None:
    assert decode_sound_jpeg(b"text") is None


@pytest.mark.parametrize("progressive", [False, True])
def test_zeros_in_place_of_pixels_are_found(progressive: bool) -> None:
    data = jpeg(progressive=progressive)
    half = len(data) // 2
    assert fault(data[:half] + bytes(len(data) - half)) == "the file ends within its pixels"
    assert fault(data[:half]) == "the file ends within its pixels"
    assert fault(data[:half] + b"\xff\xd9") == "its pixels end too early"
    assert fault(data[:-2]) == "the file ends within its pixels"
    for size in (512, 4096):
        assert fault(data[:half] + bytes(size) + data[half + size :])


def test_a_few_zeros_are_found_wherever_they_lie() -> None:
    data, draw = jpeg(), random.Random(4)
    for _ in range(20):
        at = draw.randrange(700, len(data) - 100)
        assert fault(data[:at] + bytes(64) + data[at + 64 :])


def test_a_part_left_out_between_restarts_is_found() -> None:
    data = jpeg(restart_marker_rows=1)
    first, second = data.index(b"\xff\xd2"), data.index(b"\xff\xd3")
    assert fault(data[:first] + data[second:]) == "a part of its pixels is missing"


def test_padding_of_cameras_is_no_damage_but_other_decoders_refuse_it() -> None:
    data = jpeg()
    for padding in (bytes(9), bytes(40)):
        padded = data[:-2] + padding + data[-2:]
        found = decode_sound_jpeg(padded)
        assert found is not None and not found.clean
        assert np.array_equal(found.pixels, decode_rgb(data))
        with pytest.raises(ValueError, match="extraneous"):
            decode_rgb(padded)
    assert fault(data[:-2] + b"\x12\x34\x56" + data[-2:]) == "its pixel data go on after the last pixel"
    assert fault(data[:-2] + bytes(900) + data[-2:]) == "its pixel data go on after the last pixel"
    trailer = decode_sound_jpeg(data + bytes(900))
    assert trailer is not None and trailer.clean


def profiled(*parts: tuple[int, int]) -> bytes:
    """A JPEG with parts of a profile, by their number and count."""
    bodies = [b"ICC_PROFILE\0" + bytes(part) + b"profile" for part in parts]
    segments = [b"\xff\xe2" + (len(body) + 2).to_bytes(2, "big") + body for body in bodies]
    data = jpeg()
    return data[:2] + b"".join(segments) + data[2:]


@pytest.mark.parametrize("parts", [[(1, 2)], [(0, 2), (1, 2)], [(1, 1), (1, 1)]])
def test_a_damaged_profile_is_no_damage_of_the_pixels(parts: list[tuple[int, int]]) -> None:
    data = profiled(*parts)
    found = decode_sound_jpeg(data)
    assert found is not None and found.note.startswith("a colour profile whose parts")
    assert np.array_equal(found.pixels, decode_rgb(jpeg()))
    assert fault(data[:4000]) == "the file ends within its pixels"
    assert fault(data[:4000] + b"\xff\xd9") == "its pixels end too early"
    assert fault(data[:-2] + b"\x12\x34\x56" + data[-2:]) == "its pixel data go on after the last pixel"
    sound = decode_sound_jpeg(profiled((1, 2), (2, 2)))
    assert sound is not None and sound.clean


def test_a_progressive_jpeg_cut_between_scans_is_damaged() -> None:
    data = jpeg(progressive=True)
    for found in list(re.finditer(rb"\xff\xda", data))[1:]:
        assert fault(data[: found.start()] + b"\xff\xd9") == "not all of its scans are there"


def test_wrong_bits_that_harm_the_picture_are_found() -> None:
    """A wrong bit of one coefficient changes one block, and nothing in the file tells."""
    data, draw, missed = jpeg(), random.Random(5), 0
    sound = decode_rgb(data).astype(int)
    start = data.index(b"\xff\xda") + 14
    for _ in range(60):
        hurt = bytearray(data)
        hurt[draw.randrange(start, len(data) - 2)] ^= 1 << draw.randrange(8)
        try:
            found = decode_sound_jpeg(bytes(hurt))
        except DamagedPicture:
            continue
        assert found is not None
        changed = np.abs(found.pixels.astype(int) - sound).max(axis=2) > 8
        missed += changed.mean() > 0.05
    assert missed <= 4
