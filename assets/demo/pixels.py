"""Decode pictures of the packages and encode those of the raw layout, in memory. RGB uint8."""

from __future__ import annotations

import struct

import cv2
import numpy as np
import numpy.typing as npt

from assets.demo.catalogue import DEMO_ROOT, AffineRows, CropBox

DemoPixels = npt.NDArray[np.uint8]  # (H, W, 3) RGB, or (H, W, 4) with alpha
BinaryMask = npt.NDArray[np.uint8]  # (H, W), 0 or 255
JPEG_QUALITY = 95


def decode(data: bytes, what: str) -> DemoPixels:
    """The picture as stored, (H, W, 3) RGB. EXIF rotation is not applied; boxes refer to stored pixels."""
    return _rgb(_imdecode(data, cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION, what))


def decode_alpha(data: bytes, what: str) -> DemoPixels:
    """A picture with an alpha channel, (H, W, 4) RGBA, not premultiplied."""
    picture = _imdecode(data, cv2.IMREAD_UNCHANGED, what)
    if picture.ndim != 3 or picture.shape[2] != 4 or picture.dtype != np.uint8:
        raise ValueError(f"{what}: expected 8-bit RGBA, got shape {picture.shape} of {picture.dtype}")
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGRA2RGBA), np.uint8)


def decode_gimp_pattern(data: bytes, what: str) -> DemoPixels:
    """A GIMP pattern, (H, W, 3) RGB. Header: size, version, width, height, channels, ``GPAT``."""
    if len(data) < 24 or data[20:24] != b"GPAT":
        raise ValueError(f"{what}: expected a GIMP pattern (GPAT at byte 20), got {data[:24]!r}")
    start, _, width, height, channels = struct.unpack(">5I", data[:20])
    pixels = np.frombuffer(data, np.uint8, width * height * channels, start).reshape(height, width, channels)
    return np.ascontiguousarray(np.repeat(pixels[..., :1], 3, axis=2) if channels < 3 else pixels[..., :3])


def annotation_mask(name: str) -> BinaryMask:
    """A committed mask, (H, W) 0 or 255, by its path under the annotations."""
    return np.asarray(_imdecode((DEMO_ROOT / name).read_bytes(), cv2.IMREAD_GRAYSCALE, name), np.uint8)


def cut(picture: DemoPixels, box: CropBox | None) -> DemoPixels:
    """The box x0, y0, x1, y1 (end exclusive) of the picture; the whole picture without a box."""
    if box is None:
        return picture
    x0, y0, x1, y1 = box
    return picture[y0:y1, x0:x1]


def warp(picture: DemoPixels, matrix: AffineRows, side: int) -> DemoPixels:
    """The aligned square crop; beyond the photograph's border, its reflection."""
    forward = np.asarray(matrix, np.float64)
    out = cv2.warpAffine(picture, forward, (side, side), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(out, np.uint8)


def jpeg(picture: DemoPixels) -> bytes:
    """JPEG of quality 95."""
    return _imencode(".jpg", _rgb(picture), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])


def png(picture: npt.NDArray[np.uint8]) -> bytes:
    """PNG of a mask (H, W) or of RGB (H, W, 3)."""
    return _imencode(
        ".png", _rgb(picture) if picture.ndim == 3 else picture, [cv2.IMWRITE_PNG_COMPRESSION, 6]
    )


def _rgb(picture: npt.NDArray[np.uint8]) -> DemoPixels:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)


def _imdecode(data: bytes, flags: int, what: str) -> npt.NDArray[np.uint8]:
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    if picture is None:
        raise ValueError(f"{what}: expected a picture that OpenCV can decode, got {len(data)} other bytes")
    return np.asarray(picture)


def _imencode(extension: str, picture: npt.NDArray[np.uint8], options: list[int]) -> bytes:
    done, data = cv2.imencode(extension, picture, options)
    if not done:
        raise ValueError(f"{extension}: expected OpenCV to encode shape {picture.shape}, it refused")
    return bytes(data)
