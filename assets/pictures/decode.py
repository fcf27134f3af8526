"""Files of pictures opened: undamaged pixels of an accepted format, or the reason why not."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image as Pillow
from PIL import UnidentifiedImageError

from assets.problems import BadInput, unreadable
from natocc.files.pictures import DECODER_ERRORS, fault_of_scan, open_picture
from natocc.files.read import read_picture_bytes

# Accepted formats of photographs, whatever the suffix; decoders for other formats are never tried.
FORMATS = ("JPEG", "PNG", "WEBP", "BMP")


def picture_bytes(path: Path, what: str) -> bytes:
    """The bytes of a picture's file. Raises BadInput; ``what`` is expected, such as "a photograph"."""
    try:
        data = read_picture_bytes(path)
    except OSError as error:
        raise unreadable(error, what) from error
    if not data:
        raise BadInput(what, "an empty file")
    return data


def open_header(data: bytes, what: str) -> Pillow.Image:
    """The picture, not decoded. Raises BadInput for other formats, damaged headers and too many pixels."""
    try:
        with quiet():
            return open_picture(data, FORMATS)
    except UnidentifiedImageError as error:
        raise BadInput(what, f"{len(data)} bytes that are no {', '.join(FORMATS)} image") from error
    except Pillow.DecompressionBombError as error:
        raise BadInput(what, str(error)) from error
    except DECODER_ERRORS as error:
        raise damaged(what, "its header is invalid") from error


def open_sound(data: bytes, what: str) -> Pillow.Image:
    """The decoded picture. Raises BadInput as ``open_header`` does, and for damaged pixels."""
    picture = open_header(data, what)
    try:
        with quiet():
            fault = fault_of_scan(picture, data)
            if not fault:
                picture.load()
    except DECODER_ERRORS as error:
        raise damaged(what, "its pixel data are invalid") from error
    if fault:
        raise damaged(what, fault)
    return picture


def damaged(what: str, fault: str) -> BadInput:
    """The refusal of a damaged file."""
    return BadInput(what, f"a damaged image ({fault}); fetch the file again")


def has_sixteen_bits(picture: Pillow.Image, data: bytes) -> bool:
    """Whether a channel has 16 bits. A PNG's header is read, as Pillow opens 16-bit RGB as 8-bit."""
    return picture.mode.startswith("I") or (picture.format == "PNG" and data[24] == 16)


@contextmanager
def quiet() -> Iterator[None]:
    """Hide warnings: decoders raise for damaged pixels, and a damaged EXIF block is found elsewhere."""
    with warnings.catch_warnings(record=True):
        warnings.simplefilter("always")
        yield
