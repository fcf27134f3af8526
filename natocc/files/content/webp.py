"""WebPs compared with their own lengths. Their pixels have no checksum."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
from PIL import Image as Pillow

_HEAD, _CHUNK = 12, 8
_PIXELS = (b"VP8 ", b"VP8L", b"ALPH")
# So many zeros at the end are pixels of a plain ground alone, and so many ones are never pixels.
_ZEROS, _ONES = 32, b"\xff" * 32
# Levels within which the last row of a plain ground lies, and the largest share of the file that it takes.
_PLAIN, _MOST = 8, 0.75


def fault_of_webp(picture: Pillow.Image, data: bytes) -> str:
    """The fault of a WebP: cut off, parts that do not fill it, zeros or ones for pixels; "" if it has none.

    Raises struct.error or one of the decoder's errors for damage.
    """
    end = _CHUNK + struct.unpack("<I", data[4:8])[0]
    if end > len(data):
        return f"{len(data):,} of its {end:,} bytes"
    filled = _HEAD
    for name, body, size in _chunks(data, end):
        if not name.isascii() or not name.decode().isprintable():
            return "its parts do not fill it"
        if name in _PIXELS and _ONES in body:
            return "a part of its pixel data is ones"
        if name in _PIXELS and _ends_in_zeros(picture, body):
            return "its pixel data end in zeros"
        filled += _CHUNK + size + size % 2
    return "" if filled in (end, end + 1) else "its parts do not fill it"


def _chunks(data: bytes, end: int) -> Iterator[tuple[bytes, bytes, int]]:
    """Name, body and stated size of each chunk; the last body may be shorter."""
    at = _HEAD
    while at + _CHUNK <= end:
        (size,) = struct.unpack("<I", data[at + 4 : at + _CHUNK])
        body = data[at + _CHUNK : at + _CHUNK + size]
        yield data[at : at + 4], body, size
        at += _CHUNK + size + size % 2


def _ends_in_zeros(picture: Pillow.Image, body: bytes) -> bool:
    """Whether a chunk of pixels ends in zeros that a download which stopped has left.

    A plain ground at the lower border is coded as zeros too, and then the last row is plain.
    """
    zeros = len(body) - len(body.rstrip(b"\0"))
    if zeros < _ZEROS:
        return False
    row = np.asarray(picture.convert("RGBA"))[-1].astype(int)
    return zeros > _MOST * len(body) or int((row.max(axis=0) - row.min(axis=0)).max()) > _PLAIN
