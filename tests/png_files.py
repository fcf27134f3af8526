"""PNG and BMP files of any depth and kind, written byte by byte."""

from __future__ import annotations

import struct
import zlib

import numpy as np

# Colour types of PNG.
GREY, RGB, PALETTE, GREY_ALPHA, RGB_ALPHA = 0, 2, 3, 4, 6


def png(planes: np.ndarray, colour: int, depth: int = 8, **chunks: bytes) -> bytes:
    """``planes`` HxW or HxWxC of stored values; ``chunks`` by name (``PLTE``, ``tRNS``) precede the pixels."""
    height, width = planes.shape[:2]
    if depth == 16:
        rows = planes.astype(">u2").view(np.uint8).reshape(height, -1)
    elif depth == 8:
        rows = planes.astype(np.uint8).reshape(height, -1)
    else:
        bits = np.unpackbits(planes.astype(np.uint8)[..., None], axis=-1)[..., -depth:].reshape(height, -1)
        rows = np.packbits(bits, axis=-1)
    body = np.hstack([np.zeros((height, 1), np.uint8), rows]).tobytes()
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    parts = [(b"IHDR", header), *((name.encode(), data) for name, data in chunks.items())]
    parts += [(b"IDAT", zlib.compress(body)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(name, data) for name, data in parts)


def png_chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def bmp(rows: np.ndarray, width: int, bits: int, palette: list[tuple[int, int, int]]) -> bytes:
    """``rows`` HxB of packed bytes, the uppermost first; colours of the palette as RGB."""
    height = len(rows)
    table = b"".join(bytes((blue, green, red, 0)) for red, green, blue in palette)
    body = np.pad(rows, ((0, 0), (0, -rows.shape[1] % 4)))[::-1].astype(np.uint8).tobytes()
    start = 54 + len(table)
    head = struct.pack("<2sIHHI", b"BM", start + len(body), 0, 0, start)
    info = struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, 0, len(body), 2835, 2835, len(palette), 0)
    return head + info + table + body


def bmp_with_alpha(rgba: np.ndarray) -> bytes:
    """A BMP of 32 bits whose header (version 4) has a mask for alpha; ``rgba`` uint8 HxWx4."""
    height, width = rgba.shape[:2]
    body = rgba[::-1, :, [2, 1, 0, 3]].tobytes()
    masks = (0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    header = struct.pack("<IiiHHIIiiII4I", 108, width, height, 1, 32, 3, len(body), 2835, 2835, 0, 0, *masks)
    header += b"BGRs" + bytes(48)
    start = 14 + len(header)
    return b"BM" + struct.pack("<IHHI", start + len(body), 0, 0, start) + header + body
