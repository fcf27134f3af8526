"""Headers that claim other sizes than the pixels have."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image as Pillow

from natocc.files.pictures import fault_of_scan, open_picture
from natocc.files.read import Bounds, use_bounds

FORMATS = ("JPEG", "PNG", "WEBP", "BMP")
# Start and step of each pass: x, y, dx, dy.
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
NOISE = np.random.default_rng(0).integers(0, 256, (256, 256, 3), dtype=np.uint8)


def encoded(form: str, mode: str = "RGB", **options: object) -> bytes:
    stream = io.BytesIO()
    Pillow.fromarray(NOISE).convert(mode).save(stream, form, **options)
    return stream.getvalue()


def resized(data: bytes, width: int, height: int) -> bytes:
    """The file with another size in its header."""
    if data.startswith(b"\x89PNG"):
        header = data[12:16] + struct.pack(">II", width, height) + data[24:29]
        return data[:12] + header + struct.pack(">I", zlib.crc32(header)) + data[33:]
    at = max(data.find(marker) for marker in (b"\xff\xc0", b"\xff\xc2"))
    return data[: at + 5] + struct.pack(">HH", height, width) + data[at + 9 :]


def fault(data: bytes) -> str:
    picture = open_picture(data, FORMATS)
    picture.load()
    return fault_of_scan(picture, data)


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_whose_scan_does_not_fill_its_header_is_found(mode: str, progressive: bool) -> None:
    data = encoded("JPEG", mode, progressive=progressive)
    assert fault(data) == ""
    for width, height in ((2048, 2048), (256, 300), (272, 256), (128, 128), (256, 128)):
        assert fault(resized(data, width, height)), (width, height)


def test_a_few_bytes_of_padding_in_a_jpeg_are_harmless() -> None:
    data = encoded("JPEG")
    assert fault(data[:-2] + bytes(9) + data[-2:]) == ""
    assert fault(data + bytes(900)) == ""


@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "LA", "P", "1", "I;16"])
def test_a_png_whose_rows_do_not_fill_its_header_is_found(mode: str) -> None:
    if mode == "I;16":
        stream = io.BytesIO()
        Pillow.fromarray(NOISE[..., 0].astype(np.uint16) * 257).save(stream, "PNG")
        data = stream.getvalue()
    else:
        data = encoded("PNG", mode)
    assert fault(data) == ""
    assert "bytes of its 256x300 pixels" in fault(resized(data, 256, 300))
    assert fault(resized(data, 256, 200)).startswith("more than the ")


def test_an_interlaced_png_is_measured_by_its_passes() -> None:
    rows = b"".join(
        b"\0" + NOISE[y::dy, x::dx, 0][row].tobytes()
        for x, y, dx, dy in ADAM7
        for row in range(len(NOISE[y::dy]))
    )

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    def png(body: bytes) -> bytes:
        header = chunk(b"IHDR", struct.pack(">IIBBBBB", 256, 256, 8, 0, 0, 0, 1))
        return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b"")

    assert fault(png(rows)) == ""
    assert np.array_equal(np.asarray(open_picture(png(rows), FORMATS)), NOISE[..., 0])
    short = png(rows[:-257])
    assert fault_of_scan(open_picture(short, FORMATS), short)


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_header_of_too_many_pixels_is_refused_before_it_is_decoded(form: str) -> None:
    data = resized(encoded(form), 12_000, 12_000)
    with pytest.raises(Pillow.DecompressionBombError, match="12000x12000 pixels, more than 100 million"):
        open_picture(data, FORMATS)
    limit = Pillow.MAX_IMAGE_PIXELS
    with use_bounds(Bounds(megapixels=900)):
        assert open_picture(resized(data, 20_000, 20_000), FORMATS).size == (20_000, 20_000)
    assert limit == Pillow.MAX_IMAGE_PIXELS
