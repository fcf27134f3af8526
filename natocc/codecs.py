"""JPEG and PNG, array to bytes and back. Colour images are RGB uint8 HxWx3, masks uint8 HxW."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np

from natocc.geometry import Image


def encode_jpeg(image: Image, quality: int = 95) -> bytes:
    """Baseline JPEG, 4:2:0, so that one coded block spans 16 pixels."""
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    return cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def encode_png(plane: Image) -> bytes:
    """One 8-bit plane, with the library's default strategy (an explicit level costs 3-4 times as much)."""
    return cv2.imencode(".png", plane)[1].tobytes()


def encode_png_rgb(image: Image) -> bytes:
    """An RGB picture without loss."""
    return cv2.imencode(".png", cv2.cvtColor(image, cv2.COLOR_RGB2BGR))[1].tobytes()


def decode_rgb(data: bytes) -> Image:
    """RGB uint8 HxWx3. Raises ValueError for bytes that are no image."""
    return _decode(data, cv2.IMREAD_COLOR_RGB)


def decode_plane(data: bytes) -> Image:
    """uint8 HxW. Raises ValueError for bytes that are no image."""
    return _decode(data, cv2.IMREAD_GRAYSCALE)


def _decode(data: bytes, flags: int) -> Image:
    image = cv2.imdecode(np.frombuffer(data, np.uint8), flags) if data else None
    if image is None:
        raise ValueError(f"image bytes: expected a JPEG or PNG, got {len(data)} bytes that decode to nothing")
    return cast(Image, image)
