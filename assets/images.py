"""Pictures and masks from files: the readable is converted and noted, the rest refused with its reason."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image as Pillow
from PIL import ImageOps, UnidentifiedImageError

from natocc.geometry import Image

_ORIENTATION = 0x0112


class Unreadable(ValueError):
    """A file that can't be used; ``expected`` and ``got`` as in a Problem."""

    def __init__(self, expected: str, got: str) -> None:
        self.expected, self.got = expected, got
        super().__init__(f"expected {expected}, got {got}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """``rgb`` uint8 HxWx3, upright; ``notes`` names every conversion; ``data`` are the file's bytes."""

    rgb: Image
    notes: tuple[str, ...]
    data: bytes
    plain_jpeg: bool  # 8-bit colour JPEG, upright: its own bytes may be kept


def read_image(path: Path) -> Picture:
    """Read a photograph. Raises Unreadable for empty, truncated and foreign files."""
    data = path.read_bytes()
    picture = _open(data, "a photograph")
    notes = []
    if _sixteen_bit(picture, data):
        notes.append("16 bits a channel")
    turned = picture.getexif().get(_ORIENTATION, 1) != 1
    if turned:
        notes.append("EXIF rotation")
    if picture.mode not in ("RGB", "I", "I;16", "I;16B"):
        names = {"L": "greyscale", "LA": "greyscale with alpha", "RGBA": "alpha channel", "P": "palette"}
        notes.append(names.get(picture.mode, picture.mode))
    upright = ImageOps.exif_transpose(picture)
    if upright.mode in ("I", "I;16", "I;16B"):
        grey = np.asarray(upright).astype(np.uint32)
        rgb = np.repeat((np.minimum(grey, 65535) // 257).astype(np.uint8)[..., None], 3, axis=2)
        notes.append("greyscale")
    elif "A" in upright.mode or "transparency" in upright.info:
        rgb = _flatten(upright.convert("RGBA"))
    else:
        rgb = np.array(upright.convert("RGB"))
    plain = picture.format == "JPEG" and picture.mode == "RGB" and not turned
    return Picture(rgb=rgb, notes=tuple(notes), data=data, plain_jpeg=plain)


def read_mask(path: Path) -> tuple[Image, tuple[str, ...]]:
    """Read a mask as uint8 HxW of 0 and 255, and the conversions that took.

    Accepts 0/255, 0/1, grey edges (cut above 127) and equal colour channels. Raises Unreadable for
    anything else; an all-zero mask is returned as such.
    """
    picture = _open(path.read_bytes(), "a mask")
    if picture.mode in ("P", "1"):
        picture = picture.convert("RGB" if picture.mode == "P" else "L")
    planes = np.asarray(picture)
    notes = []
    if planes.ndim == 3:
        colours = planes[..., :3] if planes.shape[2] >= 3 else planes[..., :1]
        if (colours != colours[..., :1]).any():
            raise Unreadable("a mask with equal channels", "a coloured picture")
        planes = colours[..., 0]
        notes.append("three channels")
    if planes.dtype != np.uint8:
        planes = (np.minimum(planes, 65535) // 257).astype(np.uint8)
        notes.append("16 bits a channel")
    if planes.max(initial=0) == 1:
        notes.append("values 0 and 1")
        return planes * np.uint8(255), tuple(notes)
    binary = np.where(planes > 127, 255, 0).astype(np.uint8)
    if (binary != planes).any():
        notes.append("grey edges")
    return binary, tuple(notes)


def _open(data: bytes, what: str) -> Pillow.Image:
    if not data:
        raise Unreadable(what, "an empty file")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Pillow.DecompressionBombWarning)
            picture = Pillow.open(io.BytesIO(data))
            picture.load()
    except UnidentifiedImageError as error:
        raise Unreadable(what, f"{len(data)} bytes that are no image") from error
    except (OSError, SyntaxError, ValueError, Pillow.DecompressionBombError) as error:
        raise Unreadable(what, f"a damaged image ({str(error).rstrip('.')})") from error
    return picture


def _sixteen_bit(picture: Pillow.Image, data: bytes) -> bool:
    """Pillow reads 16-bit RGB as 8-bit without a word; a PNG's header tells."""
    return picture.mode.startswith("I") or (picture.format == "PNG" and data[24] == 16)


def _flatten(picture: Pillow.Image) -> Image:
    """Transparent pixels over white."""
    ground = Pillow.new("RGBA", picture.size, (255, 255, 255, 255))
    return np.array(Pillow.alpha_composite(ground, picture).convert("RGB"))
