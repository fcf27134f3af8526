"""Files of pictures opened: undamaged pixels of an accepted format, or the reason why not."""

from __future__ import annotations

import struct
import warnings
import zlib
from pathlib import Path

from PIL import Image as Pillow
from PIL import UnidentifiedImageError

from assets.problems import BadInput, unreadable
from natocc.files.pictures import fault_of_scan, open_picture
from natocc.files.read import read_picture_bytes

# Accepted formats of photographs, whatever the suffix; decoders for other formats are never tried.
FORMATS = ("JPEG", "PNG", "WEBP", "BMP")
# Decoders raise these for damaged files.
DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    OverflowError,
    MemoryError,
    RecursionError,
    struct.error,
    zlib.error,
    Pillow.DecompressionBombError,
)


def picture_bytes(path: Path, what: str) -> bytes:
    try:
        data = read_picture_bytes(path)
    except OSError as error:
        raise unreadable(error, what) from error
    if not data:
        raise BadInput(what, "an empty file")
    return data


def open_sound(data: bytes, what: str) -> Pillow.Image:
    try:
        with warnings.catch_warnings(record=True):
            # The decoder raises for damaged pixels; _orientation finds a damaged EXIF block.
            warnings.simplefilter("always")
            picture = open_picture(data, FORMATS)
            picture.load()
            fault = fault_of_scan(picture, data)
    except UnidentifiedImageError as error:
        raise BadInput(what, f"{len(data)} bytes that are no {', '.join(FORMATS)} image") from error
    except Pillow.DecompressionBombError as error:
        raise BadInput(what, str(error)) from error
    except DAMAGE as error:
        raise BadInput(what, f"a damaged image ({str(error).rstrip('.')})") from error
    if fault:
        raise BadInput(what, f"a damaged image ({fault})")
    return picture


def has_sixteen_bits(picture: Pillow.Image, data: bytes) -> bool:
    """Whether a channel has 16 bits. A PNG's header is read, as Pillow opens 16-bit RGB as 8-bit."""
    return picture.mode.startswith("I") or (picture.format == "PNG" and data[24] == 16)
