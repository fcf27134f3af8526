"""JPEG and PNG, array to bytes and back. Colour images are RGB uint8 HxWx3, masks uint8 HxW.

OpenCV encodes JPEG; simplejpeg decodes it to the same pixels in half the time. zlib-ng deflates planes as
runs of one value, some six times as fast as zlib, and kornia-rs reads PNGs some ten times as fast as OpenCV
(docs/performance.md).
"""

from __future__ import annotations

import struct
from typing import Literal, cast

import cv2
import kornia_rs
import numpy as np
import simplejpeg
from zlib_ng import zlib_ng

from natocc.geometry import Image

_JPEG_START = b"\xff\xd8\xff"
_PNG_START = b"\x89PNG\r\n\x1a\n"
_PNG_HEADER = 33
_DEFLATE_LEVEL = 1
# The highest ratio of deflate: bytes inflated from one byte.
_MOST_INFLATED = 1032


def encode_jpeg(image: Image, quality: int = 95) -> bytes:
    """Baseline JPEG, 4:2:0, so that one coded block spans 16 pixels."""
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    return cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def encode_png(plane: Image) -> bytes:
    """One 8-bit plane as a grey PNG without row filters."""
    height, width = plane.shape
    # Each row begins with the number of its filter; 0 means no filter.
    rows = cv2.copyMakeBorder(plane, 0, 0, 1, 0, cv2.BORDER_CONSTANT, value=0)
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    # Runs need no table of earlier matches, so the bytes depend on the pixels alone.
    stream = zlib_ng.compressobj(_DEFLATE_LEVEL, strategy=zlib_ng.Z_RLE)
    data = stream.compress(rows.data) + stream.flush()
    return _PNG_START + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(name: bytes, data: bytes) -> bytes:
    body = name + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib_ng.crc32(body))


def encode_png_rgb(image: Image) -> bytes:
    """An RGB picture without loss."""
    return cv2.imencode(".png", cv2.cvtColor(image, cv2.COLOR_RGB2BGR))[1].tobytes()


def decode_rgb(data: bytes) -> Image:
    """RGB uint8 HxWx3, as stored: EXIF orientation is not applied (see assets/pictures).

    Raises ValueError for bytes that are not an image and for a damaged JPEG.
    """
    if not data.startswith(_JPEG_START):
        return _decode(data, cv2.IMREAD_COLOR_RGB)
    try:
        return cast(Image, simplejpeg.decode_jpeg(data, colorspace="RGB"))
    except ValueError as error:
        raise ValueError(_refusal(data, str(error))) from error


def decode_plane(data: bytes) -> Image:
    """uint8 HxW. Raises ValueError for bytes that are not an image."""
    if is_plain_png(data) == "mono":
        return decode_plain_png(data)
    return _decode(data, cv2.IMREAD_GRAYSCALE)


def is_plain_png(data: bytes) -> Literal["mono", "rgb", ""]:
    """Return ``mono`` or ``rgb`` if the header is that of such an 8-bit PNG, else an empty string."""
    if len(data) < _PNG_HEADER or not data.startswith(_PNG_START) or data[24] != 8:
        return ""
    return {0: "mono", 2: "rgb"}.get(data[25], "")  # type: ignore[return-value]


def decode_plain_png(data: bytes) -> Image:
    """uint8 HxW or HxWx3 (RGB) of a PNG that ``is_plain_png`` accepts. Raises ValueError if it is damaged."""
    width, height = struct.unpack(">II", data[16:24])
    kind = is_plain_png(data)
    # The library allocates what the header claims before it notices a damaged header.
    if not 0 < height * (1 + width * (1 if kind == "mono" else 3)) <= _MOST_INFLATED * len(data):
        raise ValueError(_refusal(data, f"a header of {width}x{height} pixels"))
    try:
        image = cast(Image, kornia_rs.io.decode_image_png_u8(data, (height, width), kind))
    except Exception as error:  # the library raises nothing more specific
        raise ValueError(_refusal(data, str(error))) from error
    return image[..., 0] if kind == "mono" else image


def _decode(data: bytes, flags: int) -> Image:
    image = cv2.imdecode(np.frombuffer(data, np.uint8), flags) if data else None
    if image is None:
        raise ValueError(_refusal(data, "they hold no picture"))
    return cast(Image, image)


def _refusal(data: bytes, why: str) -> str:
    return f"image bytes: expected a JPEG or PNG, got {len(data)} bytes that do not decode: {why}"
