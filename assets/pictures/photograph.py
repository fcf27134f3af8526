"""Photographs from files. Readable files are converted, with notes; others are refused."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
from PIL import Image as Pillow

from assets.pictures.decode import DAMAGE, FORMATS, has_sixteen_bits, open_sound, picture_bytes
from assets.pictures.plain_jpeg import plain_jpeg
from assets.problems import BadInput
from natocc.files.read import open_file
from natocc.geometry import Image

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """``rgb`` uint8 HxWx3, upright; ``notes`` names every conversion; ``data`` holds the file's bytes."""

    rgb: Image
    notes: tuple[str, ...]
    data: bytes
    plain_jpeg: bool  # 8-bit colour JPEG, upright: its own bytes may be kept


def read_image(path: Path) -> Picture:
    """Read a photograph. Raises BadInput for empty and truncated files and for other formats."""
    data = picture_bytes(path, "a photograph")
    if (quick := plain_jpeg(data)) is not None:
        return Picture(rgb=quick, notes=(), data=data, plain_jpeg=True)
    picture = open_sound(data, "a photograph")
    notes = []
    if picture.format not in ("JPEG", "MPO"):
        notes.append(str(picture.format))
    if has_sixteen_bits(picture, data):
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
    except DAMAGE as error:
        raise BadInput("a picture", f"a damaged image ({error})") from error


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
        except DAMAGE:
            return 1, False
    return found, not caught


def _flatten(picture: Pillow.Image) -> Image:
    """Composite transparent pixels over white."""
    ground = Pillow.new("RGBA", picture.size, (255, 255, 255, 255))
    return np.array(Pillow.alpha_composite(ground, picture).convert("RGB"))
