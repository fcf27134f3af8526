"""Pictures of users: the header is checked before pixels are decoded, then the pixels against the header."""

from __future__ import annotations

import io
import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image as Pillow

from natocc.files.content.webp import fault_of_webp
from natocc.files.jpeg import DamagedPicture, decode_sound_jpeg
from natocc.files.png import PNG_START, fault_of_png
from natocc.files.read import check_pixels

# Decoders raise these for damaged files.
DECODER_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    ArithmeticError,
    MemoryError,
    RecursionError,
    struct.error,
    zlib.error,
    Pillow.DecompressionBombError,
)
_JPEG_FORMATS = ("JPEG", "MPO")
# Of these formats several frames are an animation, or pages. The other frames of an MPO are previews.
_FORMATS_OF_FRAMES = ("PNG", "WEBP", "GIF", "TIFF")
_COLOURS = {"L": "GRAY", "CMYK": "CMYK"}
_PILLOW_LIMIT = threading.Lock()


@contextmanager
def quiet() -> Iterator[None]:
    """Hide warnings: decoders raise for damaged pixels, and a damaged EXIF block is found elsewhere."""
    with warnings.catch_warnings(record=True):
        warnings.simplefilter("always")
        yield


def open_picture(data: bytes, formats: tuple[str, ...]) -> Pillow.Image:
    """Open a picture without decoding it. Raises DecompressionBombError for too many pixels.

    Pillow's own limit is not used, since the user may raise ours above it.
    """
    with _PILLOW_LIMIT:
        limit, Pillow.MAX_IMAGE_PIXELS = Pillow.MAX_IMAGE_PIXELS, None
        try:
            picture = Pillow.open(io.BytesIO(data), formats=formats)
        finally:
            Pillow.MAX_IMAGE_PIXELS = limit
    if fault := check_pixels(*picture.size):
        raise Pillow.DecompressionBombError(fault)
    return picture


def fault_of_frames(picture: Pillow.Image) -> str:
    """Why an opened picture is not one picture, "" if it is. Raises one of DECODER_ERRORS."""
    frames = getattr(picture, "n_frames", 1) if picture.format in _FORMATS_OF_FRAMES else 1
    return f"{frames} frames; save the one that is meant as a picture of its own" if frames > 1 else ""


def fault_of_scan(picture: Pillow.Image, data: bytes) -> str:
    """The fault of a file that decoders cover up; "" if it has none.

    Pillow fills missing rows of a PNG with black, and missing blocks of a JPEG with grey.
    """
    if picture.format in _JPEG_FORMATS:
        try:
            decode_sound_jpeg(data, _COLOURS.get(picture.mode, "RGB"))
        except DamagedPicture as error:
            return str(error)
        return ""
    if data.startswith(PNG_START):
        return fault_of_png(data)
    return fault_of_webp(picture, data) if picture.format == "WEBP" else ""
