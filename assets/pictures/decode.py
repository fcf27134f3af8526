"""Files of pictures opened: undamaged pixels of an accepted format, or the reason why not."""

from __future__ import annotations

from pathlib import Path

from PIL import Image as Pillow
from PIL import UnidentifiedImageError

from assets.problems import BadInput, unreadable
from natocc.files.content.signature import describe_foreign
from natocc.files.pictures import DECODER_ERRORS, fault_of_frames, fault_of_scan, open_picture, quiet
from natocc.files.read import read_picture_bytes

# Accepted formats of photographs, whatever the suffix; decoders for other formats are never tried.
FORMATS = ("JPEG", "PNG", "WEBP", "BMP")
_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


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
    """The picture, not decoded.

    Raises BadInput for other formats, animations, damaged headers and too many pixels.
    """
    try:
        with quiet():
            picture = open_picture(data, FORMATS)
            several = fault_of_frames(picture)
    except UnidentifiedImageError as error:
        if data.startswith(_STARTS):
            raise damaged(what, "its header is invalid") from error
        unknown = f"{len(data)} bytes that are no {', '.join(FORMATS)} image"
        raise BadInput(what, describe_foreign(data) or unknown) from error
    except Pillow.DecompressionBombError as error:
        raise BadInput(what, str(error)) from error
    except DECODER_ERRORS as error:
        raise damaged(what, "its header is invalid") from error
    if several:
        raise BadInput(what, several)
    return picture


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
