"""Pictures of users: the header is checked before pixels are decoded, then the pixels against the header."""

from __future__ import annotations

import io
import re
import struct
import threading
import zlib
from collections.abc import Iterator

import simplejpeg
from PIL import Image as Pillow

from natocc.files.read import check_pixels

_PNG_START = b"\x89PNG\r\n\x1a\n"
_JPEG_FORMATS = ("JPEG", "MPO")
# Channels of each colour type, and for Adam7 the start and step of each pass: x, y, dx, dy.
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_PASSES = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)
_CHUNK = 1 << 20
_COLOURS = {"L": "GRAY", "CMYK": "CMYK"}
# Some cameras pad a scan by a few bytes. More are the rest of a larger picture, or damage.
_MOST_PADDING = 64
_EXTRANEOUS = re.compile(r"(\d+) extraneous bytes")
_PILLOW_LIMIT = threading.Lock()


def open_picture(data: bytes, formats: tuple[str, ...]) -> Pillow.Image:
    """Open a picture without decoding it. Raises DecompressionBombError for too many pixels.

    Pillow's own limit is not used, since the user may raise ours above it.
    """
    with _PILLOW_LIMIT:
        limit, Pillow.MAX_IMAGE_PIXELS = Pillow.MAX_IMAGE_PIXELS, None
        try:
            picture = Pillow.open(io.BytesIO(data), formats=formats)
        finally:
            Pillow.MAX_IMAGE_PIXELS = limit
    if fault := check_pixels(*picture.size):
        raise Pillow.DecompressionBombError(fault)
    return picture


def fault_of_scan(picture: Pillow.Image, data: bytes) -> str:
    """The fault of pixel data that do not fill the header's size or exceed it; "" if they fit.

    Pillow fills missing rows of a PNG with black, and missing blocks of a JPEG with grey.
    """
    if picture.format in _JPEG_FORMATS:
        return _fault_of_jpeg(data, _COLOURS.get(picture.mode, "RGB"))
    return _fault_of_png(data) if data.startswith(_PNG_START) else ""


def _fault_of_jpeg(data: bytes, colours: str) -> str:
    try:
        simplejpeg.decode_jpeg(data, colorspace=colours)
    except ValueError as error:
        # Other messages are about features that this decoder lacks.
        if not str(error).startswith(("Corrupt JPEG data", "Premature end")):
            return ""
        padding = _EXTRANEOUS.search(str(error))
        return "" if padding and int(padding[1]) <= _MOST_PADDING else str(error)
    return ""


def _fault_of_png(data: bytes) -> str:
    """Compare the inflated bytes with the header's rows. Raises struct.error or zlib.error for damage."""
    width, height, depth, colour, *_, interlaced = struct.unpack(">IIBBBBB", data[16:29])
    passes = _PASSES if interlaced else ((0, 0, 1, 1),)
    bits = depth * _CHANNELS.get(colour, 1)
    expected = sum(
        -(-(height - y) // dy) * (1 + (-(-(width - x) // dx) * bits + 7) // 8)
        for x, y, dx, dy in passes
        if width > x and height > y
    )
    inflated = _inflated(data, expected + 1)
    if inflated == expected:
        return ""
    amount = "more than" if inflated > expected else f"{inflated:,} of"
    return f"{amount} the {expected:,} bytes of its {width}x{height} pixels"


def _inflated(data: bytes, most: int) -> int:
    """The number of bytes that the picture's chunks inflate to, counted up to ``most``."""
    inflate, total = zlib.decompressobj(), 0
    for chunk in _image_chunks(data):
        rest = chunk
        while rest and total < most and not inflate.eof:
            total += len(inflate.decompress(rest, min(_CHUNK, most - total)))
            rest = inflate.unconsumed_tail
    return total


def _image_chunks(data: bytes) -> Iterator[bytes]:
    at = len(_PNG_START)
    while at + 8 <= len(data):
        (size,) = struct.unpack(">I", data[at : at + 4])
        if data[at + 4 : at + 8] == b"IDAT":
            yield data[at + 8 : at + 8 + size]
        at += size + 12
