"""A picture's JPEG history: the quality and block grid of its file, and one more generation with both."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from natocc.codecs import decode_rgb, encode_jpeg
from natocc.geometry import Box, Image

_START = b"\xff\xd8"
_QUANTISATION = 0xDB
_SCAN = 0xDA
_END = 0xD9
# Markers without a segment: TEM, RST0 to RST7.
_BARE = frozenset((0x01, *range(0xD0, 0xD8)))
# One coded block of 4:2:0 in pixels.
_BLOCK = 16

# The luminance table of ITU-T T.81, annex K.1, in the zigzag order of a file.
_LUMINANCE_TEXT = """
16 11 12 14 12 10 16 14 13 14 18 17 16 19 24 40
26 24 22 22 24 49 35 37 29 40 58 51 61 60 57 51
56 55 64 72 92 78 64 68 87 69 55 56 80 109 81 87
95 98 103 104 103 62 77 113 121 112 100 120 92 101 103 99
"""
_LUMINANCE = np.array([int(entry) for entry in _LUMINANCE_TEXT.split()])


def _tables() -> NDArray[np.int64]:
    """The luminance table at qualities 1 to 100 (100 x 64), as the IJG's library scales it."""
    quality = np.arange(1, 101)
    scale = np.where(quality < 50, 5000 // quality, 200 - 2 * quality)
    return np.asarray(np.clip((_LUMINANCE * scale[:, None] + 50) // 100, 1, 255))


_SCALED = _tables()


def jpeg_quality(data: bytes) -> int | None:
    """The quality, 1 to 100 on the IJG scale, whose luminance table is nearest to the file's.

    None for bytes that are not JPEG, and for a JPEG that ends before its luminance table. Only headers are
    read; the picture is not decoded.
    """
    table = _luminance_table(data)
    if table is None:
        return None
    # Entries are compared by their ratio; by difference, a few large entries would decide.
    distance = np.abs(np.log(_SCALED) - np.log(np.maximum(table, 1))).sum(1)
    return int(np.argmin(distance)) + 1


def compress_on_grid(rgb: Image, box: Box, quality: int) -> Image:
    """One JPEG generation (4:2:0, ``quality`` 1-100) of RGB pixels that lie at ``box`` of a picture.

    Blocks lie on the grid of the whole picture, whose coding starts at its corner.
    """
    if rgb.size == 0:
        return rgb
    left, top = box.x0 % _BLOCK, box.y0 % _BLOCK
    padded = cv2.copyMakeBorder(rgb, top, 0, left, 0, cv2.BORDER_REPLICATE)
    coded = decode_rgb(encode_jpeg(padded.astype(np.uint8, copy=False), quality))
    return np.ascontiguousarray(coded[top:, left:])


def _luminance_table(data: bytes) -> NDArray[np.int64] | None:
    """The first quantisation table of number 0, in zigzag order; None if there is no such table."""
    if not data.startswith(_START):
        return None
    at = len(_START)
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if marker in _BARE:
            at += 2
            continue
        if marker in (_SCAN, _END):
            return None
        size = int.from_bytes(data[at + 2 : at + 4], "big")
        if size < 2:
            return None
        if marker == _QUANTISATION:
            table = _table_zero(data[at + 4 : at + 2 + size])
            if table is not None:
                return table
        at += 2 + size
    return None


def _table_zero(segment: bytes) -> NDArray[np.int64] | None:
    """Table 0 of one DQT segment, which may hold several of 8 or 16 bits."""
    at = 0
    while at < len(segment):
        wide, number = segment[at] >> 4, segment[at] & 15
        size = 128 if wide else 64
        entries = segment[at + 1 : at + 1 + size]
        if number == 0 and len(entries) == size:
            return np.frombuffer(entries, ">u2" if wide else np.uint8).astype(np.int64)
        at += 1 + size
    return None
