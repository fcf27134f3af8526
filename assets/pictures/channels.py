"""The stored channels of a mask's file: colours and alpha, at the file's own depth."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from assets.pictures.decode import open_sound
from assets.pictures.orientation import UPRIGHT, orientation_of
from assets.problems import BadInput
from natocc.codecs import decode_plain_png, is_plain_png
from natocc.files.content.planes import UnusablePixels, decode_deep_png, keyed_alpha

StoredPlane = NDArray[Any]
# Signs of transparency, of an animation or of an EXIF turn in a PNG of grey or RGB. The fast decoder knows
# none of them.
_SIGNS = (b"tRNS", b"acTL", b"eXIf", b"Raw profile type exif", b"tiff:Orientation")
_MASK = "a mask"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Channels:
    """``colours`` HxW or HxWx3 (RGB) and ``alpha`` HxW, or None without one; values as stored.

    A palette's pixels have its colours. ``lossy``: compression has changed the colours a little.
    """

    colours: StoredPlane
    alpha: StoredPlane | None = None
    palette: bool = False
    lossy: bool = False


def read_channels(data: bytes) -> Channels:
    """Decode a mask's file. Raises BadInput for a damaged file, another format and an EXIF turn."""
    if is_plain_png(data) and not any(sign in data for sign in _SIGNS):
        return Channels(colours=_plain(data))
    picture = open_sound(data, _MASK)
    _refuse_turned(picture)
    if picture.format == "BMP":
        return _of_bmp(picture, data)
    if picture.format == "PNG" and data[24] == 16 and picture.mode != "I;16":
        return _deep(picture, data)
    if picture.mode == "P":
        return _of_palette(picture)
    lossy = _is_lossy(picture, data)
    if picture.mode in ("LA", "RGBA"):
        planes = np.asarray(picture)
        return Channels(colours=_squeezed(planes[..., :-1]), alpha=planes[..., -1], lossy=lossy)
    colours = _colours(picture)
    return Channels(colours=colours, alpha=keyed_alpha(picture, colours, data), lossy=lossy)


def _is_lossy(picture: Pillow.Image, data: bytes) -> bool:
    """Whether the format changes values: JPEG, and WebP whose first picture is not of the lossless kind."""
    if picture.format != "WEBP":
        return picture.format == "JPEG"
    start = 12
    while start + 8 <= len(data):
        name, length = data[start : start + 4], int.from_bytes(data[start + 4 : start + 8], "little")
        if name in (b"VP8L", b"VP8 "):
            return name == b"VP8 "
        # A frame of an animation has 16 bytes before the chunks of its picture.
        start += 24 if name == b"ANMF" else 8 + length + length % 2
    return True


def _refuse_turned(picture: Pillow.Image) -> None:
    turn, _ = orientation_of(picture)
    if turn != UPRIGHT:
        got = f"EXIF orientation {turn}; save it upright, without EXIF"
        raise BadInput("a mask without an EXIF turn", got)


def _plain(data: bytes) -> StoredPlane:
    """HxW or HxWx3 values of an 8-bit PNG, grey or RGB, in a tenth of Pillow's time."""
    try:
        return decode_plain_png(data)
    except ValueError as error:
        # Pillow reports the fault best. But it fills in missing rows, and labels must not be invented.
        open_sound(data, _MASK)
        raise BadInput(_MASK, "a damaged PNG: rows or checksums do not fit") from error


def _colours(picture: Pillow.Image) -> StoredPlane:
    if picture.mode == "1":
        return np.asarray(picture.convert("L"))
    if picture.mode == "L" or picture.mode.startswith("I"):
        return np.asarray(picture)
    return np.asarray(picture if picture.mode == "RGB" else picture.convert("RGB"))


def _of_palette(picture: Pillow.Image) -> Channels:
    if "transparency" not in picture.info:
        return Channels(colours=np.asarray(picture.convert("RGB")), palette=True)
    planes = np.asarray(picture.convert("RGBA"))
    return Channels(colours=planes[..., :3], alpha=planes[..., 3], palette=True)


def _deep(picture: Pillow.Image, data: bytes) -> Channels:
    """RGB, or grey or RGB with alpha, of 16 bits a channel."""
    try:
        colours, alpha = decode_deep_png(picture, data)
    except UnusablePixels as error:
        raise BadInput(_MASK, str(error)) from error
    return Channels(colours=colours, alpha=alpha)


def _of_bmp(picture: Pillow.Image, data: bytes) -> Channels:
    """A BMP. Pillow reads few colours of many bits as one bit a pixel, and drops a fourth byte."""
    bits, compression = struct.unpack("<HI", data[28:34])
    if bits != {"1": 1, "L": 8}.get(picture.mode, bits):
        raise BadInput(_MASK, f"a BMP of {bits} bits a pixel with a palette of few colours; save it as PNG")
    if picture.mode == "P":
        return _of_palette(picture)
    if picture.mode == "RGBA":
        planes = np.asarray(picture)
        return Channels(colours=planes[..., :3], alpha=planes[..., 3])
    alpha = _fourth_byte(picture, data) if (bits, compression) == (32, 0) else None
    return Channels(colours=_colours(picture), alpha=alpha)


def _fourth_byte(picture: Pillow.Image, data: bytes) -> StoredPlane | None:
    """Alpha in the bytes that the format leaves unused; None if they are all the same."""
    start, (height,) = struct.unpack("<I", data[10:14])[0], struct.unpack("<i", data[22:26])
    rows = np.frombuffer(data, np.uint8, 4 * picture.width * picture.height, start)
    fourth = rows.reshape(picture.height, picture.width, 4)[..., 3]
    if (fourth == fourth.flat[0]).all():
        return None
    return np.ascontiguousarray(fourth[::-1] if height > 0 else fourth)


def _squeezed(planes: StoredPlane) -> StoredPlane:
    return np.ascontiguousarray(planes[..., 0] if planes.shape[-1] == 1 else planes)
