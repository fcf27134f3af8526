"""Masks from files. Readable files are converted, with notes; others are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from assets.pictures.decode import has_sixteen_bits, open_sound, picture_bytes
from assets.problems import BadInput
from natocc.codecs import decode_plain_png, is_plain_png
from natocc.geometry import Image

_MASK = "a mask of 0 and 255, or of 0 and 1"


def read_mask(path: Path) -> tuple[Image, tuple[str, ...]]:
    """Read a mask as uint8 HxW of 0 and 255, and the conversions that were made.

    Accepts 0/255, 0/1, grey edges (cut above 127), equal colour channels, 16 bits and palettes. Raises
    BadInput for anything else, such as class indices or a mask without white. An all-zero mask is returned as
    it is.
    """
    data = picture_bytes(path, "a mask")
    planes, notes = _plain_planes(data) if is_plain_png(data) else _planes(open_sound(data, "a mask"), data)
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
        open_sound(data, "a mask")
        raise BadInput("a mask", "a damaged PNG: rows or checksums do not fit") from error


def _planes(picture: Pillow.Image, data: bytes) -> tuple[NDArray[Any], list[str]]:
    """HxW or HxWx3 values as stored; a palette's colours, or its indices if only 0 and 1 are used."""
    if picture.mode == "P":
        colours = np.asarray(picture.convert("RGB"))
        if (colours == colours[..., :1]).all():
            return colours[..., 0], ["palette"]
        indices = np.asarray(picture)
        return (indices, ["palette"]) if indices.max(initial=0) <= 1 else (colours, ["palette"])
    if picture.mode == "RGB" and has_sixteen_bits(picture, data):
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
