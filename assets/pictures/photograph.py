"""Photographs from files, upright and in sRGB: converted with notes, or refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
from PIL import Image as Pillow
from PIL import UnidentifiedImageError

from assets.pictures.decode import FORMATS, damaged, open_header, open_sound, picture_bytes
from assets.pictures.orientation import UPRIGHT, exchanges_sides, orientation_of, turn_upright
from assets.pictures.plain_jpeg import rgb_of_jpeg
from assets.problems import BadInput, unreadable
from natocc.files.colours import HighDynamicRange, StatedColours, colours_of
from natocc.files.content.planes import UnusablePixels, fault_of_photograph, has_sixteen_bits, planes_of
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
    """Read a photograph; transparent pixels lie on white.

    Raises BadInput for empty, damaged and truncated files, for other formats, animations, high dynamic range
    and 16 bits a channel that hold smaller numbers, and for pictures that are transparent all over or have
    one colour.
    """
    read = read_planes(path, _WHAT)
    if fault := fault_of_photograph(read.picture.rgb, read.alpha):
        raise BadInput(_WHAT, fault)
    return read.picture


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReadPlanes:
    """``colours`` uint8 HxWx3 in sRGB, also under transparent pixels, and ``alpha`` uint8 HxW, None without
    any; both upright, like the ``picture`` that they make on white.
    """

    colours: Image
    alpha: Image | None
    picture: Picture


def read_planes(path: Path, what: str) -> ReadPlanes:
    """Read a picture's planes. Raises BadInput as ``read_image`` does, but not for what cannot be seen.

    ``what`` is expected, such as "a photograph".
    """
    data = picture_bytes(path, what)
    picture = open_header(data, what)
    jpeg = rgb_of_jpeg(picture, data, what)
    if jpeg is None:
        picture = open_sound(data, what)
    orientation, sound_exif = orientation_of(picture)
    colours = colours_in(picture, data, what)
    if jpeg is None or colours.profile:
        stored, alpha = _pixels(picture, data, colours, what)
    else:
        stored, alpha = jpeg.pixels, None
    on_white = stored if alpha is None else _on_white(stored, alpha)
    if rows := grey_tail(on_white):
        raise damaged(what, f"its last {rows} rows are the grey of missing data")
    notes = {
        str(picture.format): picture.format not in ("JPEG", "MPO"),
        "16 bits a channel": has_sixteen_bits(picture, data),
        "damaged EXIF": not sound_exif,
        "EXIF rotation": orientation != UPRIGHT,
        _NAMES.get(picture.mode, picture.mode): picture.mode != "RGB",
        "transparent colour": alpha is not None and "A" not in picture.mode and picture.mode != "P",
        colours.note: bool(colours.note),
        "" if jpeg is None else jpeg.note: jpeg is not None and not jpeg.clean,
    }
    read = Picture(
        rgb=turn_upright(on_white, orientation),
        notes=tuple(note for note, holds in notes.items() if holds),
        data=data,
        plain_jpeg=jpeg is not None and jpeg.clean and orientation == UPRIGHT and not colours.note,
        orientation=orientation,
    )
    return ReadPlanes(
        colours=read.rgb if alpha is None else turn_upright(stored, orientation),
        alpha=None if alpha is None else turn_upright(alpha, orientation),
        picture=read,
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


def _pixels(
    picture: Pillow.Image, data: bytes, colours: StatedColours, what: str
) -> tuple[Image, Image | None]:
    """RGB uint8 HxWx3 in sRGB and alpha uint8 HxW, as stored."""
    try:
        planes = planes_of(picture, data)
    except UnusablePixels as error:
        raise BadInput(what, str(error)) from error
    return np.array(colours.to_srgb(planes.colours)), planes.alpha


def _on_white(rgb: Image, alpha: Image) -> Image:
    rgba = Pillow.fromarray(np.dstack([rgb, alpha]))
    ground = Pillow.new("RGBA", rgba.size, (255, 255, 255, 255))
    return np.array(Pillow.alpha_composite(ground, rgba).convert("RGB"))
