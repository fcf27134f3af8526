"""Pictures and masks from files. Readable files are converted, with notes; others are refused."""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import UnidentifiedImageError

from assets.pictures.plain_jpeg import plain_jpeg
from assets.problems import BadInput, unreadable
from natocc.codecs import decode_plain_png, is_plain_png
from natocc.files.pictures import fault_of_scan, open_picture
from natocc.files.read import open_file, read_picture_bytes
from natocc.geometry import Image

# Accepted formats of photographs, whatever the suffix; decoders for other formats are never tried.
FORMATS = ("JPEG", "PNG", "WEBP", "BMP")
_ORIENTATION = 0x0112
# The transposition that makes each EXIF orientation upright; 1 is already upright.
_TURNS: Mapping[int, Pillow.Transpose] = MappingProxyType(
    {
        2: Pillow.Transpose.FLIP_LEFT_RIGHT,
        3: Pillow.Transpose.ROTATE_180,
        4: Pillow.Transpose.FLIP_TOP_BOTTOM,
        5: Pillow.Transpose.TRANSPOSE,
        6: Pillow.Transpose.ROTATE_270,
        7: Pillow.Transpose.TRANSVERSE,
        8: Pillow.Transpose.ROTATE_90,
    }
)
_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "1": "black and white",
        "L": "greyscale",
        "LA": "greyscale with alpha",
        "RGBA": "alpha channel",
        "P": "palette",
        "I": "greyscale",
        "I;16": "greyscale",
        "I;16B": "greyscale",
    }
)
# Decoders raise these for damaged files.
_DAMAGE = (
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
_MASK = "a mask of 0 and 255, or of 0 and 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """``rgb`` uint8 HxWx3, upright; ``notes`` names every conversion; ``data`` holds the file's bytes."""

    rgb: Image
    notes: tuple[str, ...]
    data: bytes
    plain_jpeg: bool  # 8-bit colour JPEG, upright: its own bytes may be kept


def read_image(path: Path) -> Picture:
    """Read a photograph. Raises BadInput for empty and truncated files and for other formats."""
    data = _read(path, "a photograph")
    if (quick := plain_jpeg(data)) is not None:
        return Picture(rgb=quick, notes=(), data=data, plain_jpeg=True)
    picture = _open(data, "a photograph")
    notes = []
    if picture.format not in ("JPEG", "MPO"):
        notes.append(str(picture.format))
    if _sixteen_bit(picture, data):
        notes.append("16 bits a channel")
    orientation, sound = _orientation(picture)
    turn = _TURNS.get(orientation)
    if not sound:
        notes.append("damaged EXIF")
    if turn is not None:
        notes.append("EXIF rotation")
    if picture.mode != "RGB":
        notes.append(_NAMES.get(picture.mode, picture.mode))
    upright = picture if turn is None else picture.transpose(turn)
    if upright.mode.startswith("I"):
        grey = np.clip(np.asarray(upright).astype(np.int64), 0, 65535) // 257
        rgb = np.repeat(grey.astype(np.uint8)[..., None], 3, axis=2)
    elif "A" in upright.mode or "transparency" in picture.info:
        rgb = _flatten(upright.convert("RGBA"))
    else:
        rgb = np.array(upright.convert("RGB"))
    plain = picture.format == "JPEG" and picture.mode == "RGB" and turn is None
    return Picture(rgb=rgb, notes=tuple(notes), data=data, plain_jpeg=plain)


def read_size(path: Path) -> tuple[int, int]:
    """Width and height from the header, without decoding. Raises BadInput if there is no valid header."""
    try:
        with open_file(path) as stream, Pillow.open(stream, formats=FORMATS) as picture:
            return picture.size
    except _DAMAGE as error:
        raise BadInput("a picture", f"a damaged image ({error})") from error


def read_mask(path: Path) -> tuple[Image, tuple[str, ...]]:
    """Read a mask as uint8 HxW of 0 and 255, and the conversions that were made.

    Accepts 0/255, 0/1, grey edges (cut above 127), equal colour channels, 16 bits and palettes. Raises
    BadInput for anything else, such as class indices or a mask without white. An all-zero mask is returned as
    it is.
    """
    data = _read(path, "a mask")
    planes, notes = _plain_planes(data) if is_plain_png(data) else _planes(_open(data, "a mask"), data)
    if planes.ndim == 3:
        first, *others = cv2.split(planes)
        if not all(np.array_equal(first, other) for other in others):
            raise BadInput("a mask with equal channels", "a coloured picture")
        planes = first
        notes.append("three channels")
    top = int(planes.max(initial=0))
    if top > 255:
        notes.append("16 bits a channel")
        planes, top = planes // 257, top // 257
    if 1 < top <= 127:
        raise BadInput(_MASK, f"values up to {top}")
    if top == 1:
        notes.append("values 0 and 1")
        return planes.astype(np.uint8) * np.uint8(255), tuple(notes)
    binary = np.where(planes > 127, np.uint8(255), np.uint8(0))
    if (binary != planes).any():
        notes.append("grey edges")
    return binary, tuple(notes)


def _plain_planes(data: bytes) -> tuple[NDArray[Any], list[str]]:
    """HxW or HxWx3 values of an 8-bit PNG, grey or RGB, in a tenth of Pillow's time."""
    try:
        return decode_plain_png(data), []
    except ValueError as error:
        # Pillow reports the fault best. But it fills in missing rows, and labels must not be invented.
        _open(data, "a mask")
        raise BadInput("a mask", "a damaged PNG: rows or checksums do not fit") from error


def _planes(picture: Pillow.Image, data: bytes) -> tuple[NDArray[Any], list[str]]:
    """HxW or HxWx3 values as stored; a palette's colours, or its indices if only 0 and 1 are used."""
    if picture.mode == "P":
        colours = np.asarray(picture.convert("RGB"))
        if (colours == colours[..., :1]).all():
            return colours[..., 0], ["palette"]
        indices = np.asarray(picture)
        return (indices, ["palette"]) if indices.max(initial=0) <= 1 else (colours, ["palette"])
    if picture.mode == "RGB" and _sixteen_bit(picture, data):
        # Pillow keeps only the upper 8 bits, which maps both 0/1 and 0/255 to 0.
        deep = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
        if deep is None:
            raise BadInput("a mask", "a damaged image (16 bits a channel)")
        return deep[..., :3], []
    if picture.mode == "1":
        picture = picture.convert("L")
    elif picture.mode not in ("L", "LA", "RGB", "RGBA") and not picture.mode.startswith("I"):
        picture = picture.convert("RGB")
    planes = np.asarray(picture)
    if picture.mode == "LA":
        return planes[..., 0], []
    return (planes[..., :3] if planes.ndim == 3 else planes), []


def _read(path: Path, what: str) -> bytes:
    try:
        data = read_picture_bytes(path)
    except OSError as error:
        raise unreadable(error, what) from error
    if not data:
        raise BadInput(what, "an empty file")
    return data


def _open(data: bytes, what: str) -> Pillow.Image:
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
    except _DAMAGE as error:
        raise BadInput(what, f"a damaged image ({str(error).rstrip('.')})") from error
    if fault:
        raise BadInput(what, f"a damaged image ({fault})")
    return picture


def _orientation(picture: Pillow.Image) -> tuple[int, bool]:
    """The EXIF orientation (1 if there is none), and whether the EXIF block is sound."""
    exif = Pillow.Exif()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            # Read again: Pillow parsed its own copy on opening and does not repeat the warnings.
            exif.load(picture.info.get("exif", b""))
            plain = exif.get(_ORIENTATION)
            found = int(picture.getexif().get(_ORIENTATION, 1) if plain is None else plain)
        except _DAMAGE:
            return 1, False
    return found, not caught


def _sixteen_bit(picture: Pillow.Image, data: bytes) -> bool:
    """Whether a channel has 16 bits. A PNG's header is read, as Pillow opens 16-bit RGB as 8-bit."""
    return picture.mode.startswith("I") or (picture.format == "PNG" and data[24] == 16)


def _flatten(picture: Pillow.Image) -> Image:
    """Composite transparent pixels over white."""
    ground = Pillow.new("RGBA", picture.size, (255, 255, 255, 255))
    return np.array(Pillow.alpha_composite(ground, picture).convert("RGB"))
