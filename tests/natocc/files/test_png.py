from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image as Pillow

from natocc.files.png import fault_of_png, png_chunks

NOISE = np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype=np.uint8)


def png(**options: object) -> bytes:
    stream = io.BytesIO()
    Pillow.fromarray(NOISE).save(stream, "PNG", **options)
    return stream.getvalue()


def fault(data: bytes) -> str:
    try:
        return fault_of_png(data)
    except (struct.error, zlib.error) as error:
        return f"raised {error}"


def test_chunks_are_listed_to_the_end() -> None:
    names = [name for name, _, _ in png_chunks(png() + b"more")]
    assert names[0] == b"IHDR" and names[-1] == b"IEND" and set(names[1:-1]) == {b"IDAT"}


def test_sound_pictures_have_no_fault() -> None:
    assert fault_of_png(png()) == ""
    assert fault_of_png(png() + bytes(100)) == ""


def test_every_wrong_bit_of_pixels_and_colours_is_found() -> None:
    data = png(icc_profile=bytes(200))
    for at in range(8, len(data), 11):
        hurt = bytearray(data)
        hurt[at] ^= 4
        assert fault(bytes(hurt)), at


@pytest.mark.parametrize("end", [40, 200, -20, -12, -5, -1])
def test_a_picture_that_is_cut_off_is_found(end: int) -> None:
    assert fault(png()[:end])


def test_damage_of_a_text_is_harmless() -> None:
    data = png()
    text = struct.pack(">I4s5sI", 5, b"tEXt", b"a\0bcd", 0)
    assert fault_of_png(data[:33] + text + data[33:]) == ""
