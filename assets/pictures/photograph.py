"""Photographs from files, upright and in sRGB: converted with notes, or refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
from PIL import Image as Pillow
from PIL import UnidentifiedImageError

from assets.pictures.decode import FORMATS, damaged, has_sixteen_bits, open_header, open_sound, picture_bytes
from assets.pictures.orientation import UPRIGHT, exchanges_sides, orientation_of, turn_upright
from assets.pictures.plain_jpeg import rgb_of_jpeg
from assets.problems import BadInput, unreadable
from natocc.files.colours import HighDynamicRange, StatedColours, colours_of
from natocc.files.pictures import DECODER_ERRORS
from natocc.files.read import open_file
from natocc.files.shifts import grey_tail
from natocc.geometry import Image

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
_WHAT = "a photograph"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """``rgb`` uint8 HxWx3, upright, sRGB; ``notes`` names every conversion; ``data``: the file's bytes."""

    rgb: Image
    notes: tuple[str, ...]
    data: bytes
    plain_jpeg: bool  # 8-bit colour JPEG, upright, sRGB: its own bytes may be kept
    orientation: int = UPRIGHT  # EXIF's, by which the stored pixels were turned

    @property
    def stored_size(self) -> tuple[int, int]:
        """Height and width of the stored pixels."""
        height, width = self.rgb.shape[:2]
        return (width, height) if exchanges_sides(self.orientation) else (height, width)


def read_image(path: Path) -> Picture:
    """Read a photograph. Raises BadInput for empty, damaged and truncated files and for other formats."""
    data = picture_bytes(path, _WHAT)
    picture = open_header(data, _WHAT)
    jpeg = rgb_of_jpeg(picture, data, _WHAT)
    if jpeg is None:
        picture = open_sound(data, _WHAT)
    orientation, sound_exif = orientation_of(picture)
    colours = colours_in(picture, data, _WHAT)
    stored = _pixels(picture, colours) if jpeg is None or colours.profile else jpeg.pixels
    if rows := grey_tail(stored):
        raise damaged(_WHAT, f"its last {rows} rows are the grey of missing data")
    notes = {
        str(picture.format): picture.format not in ("JPEG", "MPO"),
        "16 bits a channel": has_sixteen_bits(picture, data),
        "damaged EXIF": not sound_exif,
        "EXIF rotation": orientation != UPRIGHT,
        _NAMES.get(picture.mode, picture.mode): picture.mode != "RGB",
        colours.note: bool(colours.note),
        "bytes after the last pixel": jpeg is not None and not jpeg.clean,
    }
    return Picture(
        rgb=turn_upright(stored, orientation),
        notes=tuple(note for note, holds in notes.items() if holds),
        data=data,
        plain_jpeg=jpeg is not None and jpeg.clean and orientation == UPRIGHT and not colours.note,
        orientation=orientation,
    )


def read_size(path: Path) -> tuple[int, int]:
    """Width and height from the header, without decoding. Raises BadInput if there is no valid header."""
    try:
        with open_file(path) as stream, Pillow.open(stream, formats=FORMATS) as picture:
            return picture.size
    except OSError as error:
        if isinstance(error, UnidentifiedImageError):
            raise BadInput("a picture", "a file that is no picture, or a damaged one") from error
        raise unreadable(error, "a picture") from error
    except DECODER_ERRORS as error:
        raise damaged("a picture", "its header is invalid") from error


def colours_in(picture: Pillow.Image, data: bytes, what: str) -> StatedColours:
    """What the file states about its colours. Raises BadInput for high dynamic range."""
    try:
        return colours_of(picture, data)
    except HighDynamicRange as error:
        raise BadInput(what, str(error)) from error


def _pixels(picture: Pillow.Image, colours: StatedColours) -> Image:
    """RGB uint8 HxWx3 as stored, in sRGB; transparent pixels are composited over white."""
    if picture.mode.startswith("I"):
        grey = np.clip(np.asarray(picture).astype(np.int64), 0, 65535) // 257
        return np.array(colours.to_srgb(Pillow.fromarray(grey.astype(np.uint8))))
    if "A" not in picture.mode and "transparency" not in picture.info:
        return np.array(colours.to_srgb(picture))
    rgba = picture.convert("RGBA")
    opaque = colours.to_srgb(rgba.convert("RGB"))
    rgba = Pillow.merge("RGBA", (*opaque.split(), rgba.getchannel("A")))
    ground = Pillow.new("RGBA", picture.size, (255, 255, 255, 255))
    return np.array(Pillow.alpha_composite(ground, rgba).convert("RGB"))
