"""The segments of a JPEG before its first scan."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_SCAN, _TABLES, _RESTART, _PROFILE = 0xDA, 0xC4, 0xDD, 0xE2
_OF_PROFILE = b"ICC_PROFILE\0"
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BASELINE = (0xC0, 0xC1)
_COUNTS = 16
_END_OF_BLOCK = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class JpegHeader:
    """``scan``: where the data of the first scan begin; ``unit``: its width and height in pixels."""

    scan: int
    unit: tuple[int, int]
    restarts: bool
    # Whether a long run of zero bits can be coded pixels: blocks without detail, rather than detail
    # everywhere.
    zeros_are_pixels: bool


def read_jpeg_header(data: bytes) -> JpegHeader | None:
    """The header; None if it is damaged or unusual."""
    frame, factors, restarts = 0, list[int](), False
    zero_code: dict[int, int] = {}
    try:
        for marker, body, end in _segments(data):
            if marker in _FRAMES:
                frame, factors = marker, [body[7 + 3 * part] for part in range(body[5])]
            elif marker == _TABLES:
                zero_code |= _meanings_of_zero(body)
            elif marker == _RESTART:
                restarts = any(body)
            elif marker == _SCAN and factors:
                whole = frame in _BASELINE and body[0] == len(factors)
                return JpegHeader(
                    scan=end,
                    unit=_unit(factors),
                    restarts=restarts,
                    zeros_are_pixels=not whole or zero_code[body[2] & 15] == _END_OF_BLOCK,
                )
    except (LookupError, struct.error):
        pass
    return None


def without_profile(data: bytes) -> bytes:
    """The JPEG without its colour profile; as it is if its header is damaged."""
    kept, at = list[bytes](), 0
    try:
        for marker, body, end in _segments(data):
            if marker == _SCAN:
                break
            if marker == _PROFILE and body.startswith(_OF_PROFILE):
                kept.append(data[at : end - len(body) - 4])
                at = end
    except (LookupError, struct.error):
        return data
    return b"".join([*kept, data[at:]])


def _segments(data: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Marker, body and end of each segment."""
    at = 2
    while data[at] == 0xFF:
        if data[at + 1] == 0xFF:
            at += 1
            continue
        (size,) = struct.unpack(">H", data[at + 2 : at + 4])
        yield data[at + 1], data[at + 4 : at + 2 + size], at + 2 + size
        at += 2 + size


def _unit(factors: list[int]) -> tuple[int, int]:
    """Width and height of the scan's unit; of a single component, one block."""
    if len(factors) == 1:
        return 8, 8
    return 8 * max(factor >> 4 for factor in factors), 8 * max(factor & 15 for factor in factors)


def _meanings_of_zero(body: bytes) -> dict[int, int]:
    """The symbol whose code is all zeros, the first, of each table of detail (AC), by the table's number."""
    found, at = dict[int, int](), 0
    while at < len(body):
        if body[at] >> 4:
            found[body[at] & 15] = body[at + 1 + _COUNTS]
        at += 1 + _COUNTS + sum(body[at + 1 : at + 1 + _COUNTS])
    return found
