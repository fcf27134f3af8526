"""The scans of a JPEG: whether together they give every coefficient in full."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

_SCAN, _END = 0xDA, 0xD9
_SEQUENTIAL, _PROGRESSIVE = (0xC0, 0xC1, 0xC9), (0xC2, 0xCA)
# A marker with a segment, or the end. Between pixels stand stuffed zeros and restarts, which are none.
_MARKER = re.compile(rb"\xff[\x02-\xcf\xd8-\xfe]")
_COEFFICIENTS = 64


def lacks_scans(data: bytes) -> bool:
    """Whether a component, a coefficient or its last bits are in no scan of a JPEG.

    Decoders take what is there, and a progressive JPEG without its later scans is blurred. False for kinds
    of JPEG other than sequential and progressive ones, and for headers that can't be read.
    """
    try:
        return _lacks(data)
    except (LookupError, struct.error):
        return False


def _lacks(data: bytes) -> bool:
    # The lowest bit that was given of each coefficient, by component.
    lowest: dict[int, list[int | None]] = {}
    progressive = False
    for marker, body in _segments(data):
        if marker in (*_SEQUENTIAL, *_PROGRESSIVE):
            progressive = marker in _PROGRESSIVE
            lowest = {body[6 + 3 * part]: [None] * _COEFFICIENTS for part in range(body[5])}
        elif marker == _SCAN and lowest:
            first, last, bits = body[1 + 2 * body[0] :][:3] if progressive else (0, _COEFFICIENTS - 1, 0)
            for part in range(body[0]):
                given = lowest[body[1 + 2 * part]]
                given[first : last + 1] = [bits & 15] * (last + 1 - first)
            if not progressive and _is_whole(lowest):
                return False
    return bool(lowest) and not _is_whole(lowest)


def _is_whole(lowest: dict[int, list[int | None]]) -> bool:
    return all(bit == 0 for given in lowest.values() for bit in given)


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and body of each segment up to the end of the first picture, between scans too."""
    at = 2
    while found := _MARKER.search(data, at):
        marker = data[found.end() - 1]
        if marker == _END:
            return
        (size,) = struct.unpack(">H", data[found.end() : found.end() + 2])
        yield marker, data[found.end() + 2 : found.end() + size]
        at = found.end() + size
