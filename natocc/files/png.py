"""PNGs compared with their own checksums and header."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

PNG_START = b"\x89PNG\r\n\x1a\n"
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
_STEP = 1 << 20
# Chunks that decide pixels and colours; damage of others, such as texts, is harmless.
_PIXELS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
_COLOURS = (b"iCCP", b"cICP", b"gAMA", b"cHRM", b"sRGB", b"eXIf")


def png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Name, body and checksum of each chunk; the last one may be cut short."""
    at = len(PNG_START)
    while at + 8 <= len(data):
        (size,) = struct.unpack(">I", data[at : at + 4])
        end = at + 8 + size
        yield data[at + 4 : at + 8], data[at + 8 : end], data[end : end + 4]
        if data[at + 4 : at + 8] == b"IEND":
            return
        at = end + 4


def fault_of_png(data: bytes) -> str:
    """The fault of a PNG: a wrong checksum, no end, other pixels than its header states; "" if it has none.

    Raises struct.error or zlib.error for damage.
    """
    last = b""
    for name, body, checksum in png_chunks(data):
        last = name
        if name in _PIXELS + _COLOURS and struct.pack(">I", zlib.crc32(name + body)) != checksum:
            return f"the checksum of its {name.decode()} does not fit"
    if last != b"IEND":
        return "it has no end"
    return _fault_of_size(data)


def _fault_of_size(data: bytes) -> str:
    """Compare the inflated bytes with the header's rows."""
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
    for name, rest, _ in png_chunks(data):
        while name == b"IDAT" and rest and total < most and not inflate.eof:
            total += len(inflate.decompress(rest, min(_STEP, most - total)))
            rest = inflate.unconsumed_tail
    return total
