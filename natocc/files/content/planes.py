"""A picture's colours and alpha at 8 bits, from files of any depth, and whether they show anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

_Plane = NDArray[np.uint8]
# Pixels above this value count as covered, in a face's mask and in an occluder.
SOLID = 127
# The greatest value of 12 bits. A picture of 16 bits that has none above it holds numbers of fewer bits,
# which would be black.
_TWELVE_BITS = 4095
# The bit depth and the kind of colours in the header of a PNG.
_DEPTH, _COLOURS, _WITH_ALPHA = 24, 25, (4, 6)


class UnusablePixels(ValueError):
    """Undamaged pixels that show nothing or can't be understood; the text says what they are."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PicturePlanes:
    """``colours`` in 8 bits, not yet sRGB, and ``alpha`` uint8 HxW, None without any.

    Both are as stored: not turned by EXIF.
    """

    colours: Pillow.Image
    alpha: _Plane | None = None


def planes_of(picture: Pillow.Image, data: bytes) -> PicturePlanes:
    """The planes of a decoded ``picture``; ``data`` are the file's bytes.

    A colour that stands for transparency is compared at the file's own depth. Raises UnusablePixels for
    16 bits a channel that hold smaller numbers.
    """
    key = picture.info.get("transparency")
    if has_sixteen_bits(picture, data):
        return _of_sixteen_bits(picture, data)
    if key is not None and picture.format == "PNG" and picture.mode in ("1", "L", "RGB"):
        alpha = keyed_alpha(
            picture, np.asarray(picture.convert("L") if picture.mode == "1" else picture), data
        )
        return PicturePlanes(colours=_without_key(picture), alpha=alpha)
    if key is None and "A" not in picture.getbands():
        return PicturePlanes(colours=picture)
    rgba = picture.convert("RGBA")
    return PicturePlanes(colours=rgba.convert("RGB"), alpha=np.asarray(rgba.getchannel("A")))


def has_sixteen_bits(picture: Pillow.Image, data: bytes) -> bool:
    """Whether a channel has 16 bits. A PNG's header is read, as Pillow opens 16-bit RGB as 8-bit."""
    return picture.mode.startswith("I") or (picture.format == "PNG" and data[_DEPTH] == 16)


def keyed_alpha(picture: Pillow.Image, colours: NDArray[Any], data: bytes) -> _Plane | None:
    """Alpha uint8 HxW of a PNG in which one value or colour stands for transparency; None without one.

    ``colours`` HxW or HxWx3 are stored values, of 1, 2 and 4 bits as Pillow has them: scaled to 255.
    """
    key = picture.info.get("transparency")
    if key is None:
        return None
    if colours.ndim == 3:
        clear = (colours == np.asarray(key)).all(axis=-1)
    else:
        depth = data[_DEPTH] if picture.format == "PNG" else 8
        # Pillow scales grey of 2 and 4 bits to 255, but not the key.
        clear = colours == (key * (255 // (2**depth - 1)) if depth in (2, 4) else key)
    return np.where(clear, np.uint8(0), np.uint8(255))


def decode_deep_png(picture: Pillow.Image, data: bytes) -> tuple[NDArray[Any], NDArray[Any] | None]:
    """Colours HxWx3 and alpha HxW of a PNG of 16 bits that Pillow opens with 8; None without alpha.

    Pillow keeps the upper 8 bits, which maps both 0/1 and 0/255 to 0. ``data`` must be undamaged. Raises
    UnusablePixels if they don't decode.
    """
    deep = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if deep is None or deep.ndim != 3:
        raise UnusablePixels("a damaged image (16 bits a channel)")
    colours = np.ascontiguousarray(deep[..., 2::-1])
    if data[_COLOURS] in _WITH_ALPHA:
        return colours, deep[..., 3]
    return colours, keyed_alpha(picture, colours, data)


def _of_sixteen_bits(picture: Pillow.Image, data: bytes) -> PicturePlanes:
    if picture.mode.startswith("I"):
        deep = np.clip(np.asarray(picture).astype(np.int64), 0, 65535)
        alpha = keyed_alpha(picture, deep, data)
        colours = Pillow.fromarray((deep // 257).astype(np.uint8))
    else:
        deep, alpha = decode_deep_png(picture, data)
        colours = _without_key(picture).convert("RGB")
    # A black silhouette may be meant.
    if 0 < (top := int(deep.max(initial=0))) <= _TWELVE_BITS:
        raise UnusablePixels(
            f"16 bits a channel, values up to {top}, which is black or nearly so; "
            "multiply them so that white is 65535, or save 8 bits a channel"
        )
    if alpha is not None and alpha.dtype != np.uint8:
        alpha = (alpha >> 8).astype(np.uint8)
    return PicturePlanes(colours=colours, alpha=alpha)


def _without_key(picture: Pillow.Image) -> Pillow.Image:
    """The picture without its transparent colour, which Pillow would convert along with it."""
    if "transparency" not in picture.info:
        return picture
    plain = picture.copy()
    del plain.info["transparency"]
    return plain


def fault_of_alpha(alpha: _Plane, *, empty: int = SOLID, full: int = SOLID) -> str:
    """Why an alpha cuts nothing out: nowhere above ``empty``, or everywhere above ``full``; "" if it does."""
    if alpha.max(initial=0) <= empty:
        return "one that is transparent everywhere"
    return "one that is opaque everywhere" if alpha.min(initial=255) > full else ""


def fault_of_photograph(rgb: _Plane, alpha: _Plane | None) -> str:
    """Why nothing can be seen in a photograph, RGB uint8 HxWx3 with the file's alpha; "" if it shows any."""
    if alpha is not None and alpha.max(initial=0) <= SOLID:
        return "one that is transparent everywhere"
    # Most pictures differ in their first row.
    first = rgb[:1, :1]
    if rgb.size and (rgb[:1] == first).all() and (rgb == first).all():
        return f"one single colour, {','.join(str(value) for value in first.ravel())}"
    return ""
