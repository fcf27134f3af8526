"""Undamaged pictures of the usual kind, read by the fastest decoder; whatever is odd is left to others."""

from __future__ import annotations

import io
import struct
import warnings
from typing import Any

import cv2
import numpy as np
from isal import isal_zlib
from numpy.typing import NDArray
from PIL import Image as Pillow

from natocc.codecs import decode_rgb
from natocc.geometry import Image

_PNG_START = b"\x89PNG\r\n\x1a\n"
# Transparency and animation.
_ODD_CHUNKS = (b"tRNS", b"acTL")


def plain_jpeg(data: bytes) -> Image | None:
    """The pixels of an undamaged, upright 8-bit colour JPEG, in a quarter of the time.

    None for all else, damaged files among it: Pillow knows what is wrong with them.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            picture = Pillow.open(io.BytesIO(data), formats=("JPEG",))
            plain = picture.format == "JPEG" and picture.mode == "RGB" and not picture.info.get("exif")
            return decode_rgb(data) if plain else None
    except (OSError, SyntaxError, ValueError, Warning, struct.error, Pillow.DecompressionBombError):
        return None


def plain_png(data: bytes) -> NDArray[Any] | None:
    """HxW or HxWx3 values of an undamaged 8-bit PNG, grey or RGB, in half the time; None for all else.

    OpenCV fills up what a damaged file lacks, so every chunk's checksum is looked at first.
    """
    if len(data) < 33 or data[:8] != _PNG_START or data[24] != 8 or data[25] not in (0, 2):
        return None
    at, name = 8, b""
    while name != b"IEND":
        size, name = struct.unpack(">I4s", data[at : at + 8].ljust(8, b"\0"))
        body, check = data[at + 4 : at + 8 + size], data[at + 8 + size : at + 12 + size]
        if len(check) < 4 or isal_zlib.crc32(body) != int.from_bytes(check, "big") or name in _ODD_CHUNKS:
            return None
        at += 12 + size
    planes = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    return planes if planes is not None and planes.shape[2:] in ((), (3,)) else None
