"""A face to be occluded: photograph, face mask and, optionally, parsing map at one size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

import cv2
import numpy as np

from natocc.geometry import Box, Image, mask_box
from natocc.resize.scale import scale_image


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """``image`` RGB uint8 HxWx3; ``mask`` uint8 HxW, 0 or 1; ``parsing`` uint8 HxW class index.

    ``landmarks`` are the known points (x, y) in pixels of ``image``, by name. ``jpeg_quality`` is the quality
    of the source JPEG. It is None if the pixels were resized or the source is not a JPEG.
    """

    image: Image
    mask: Image
    parsing: Image | None
    box: Box
    landmarks: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    jpeg_quality: int | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Height, width."""
        height, width = self.mask.shape
        return height, width


def make_face(
    image: Image,
    mask: Image,
    parsing: Image | None = None,
    *,
    long_side: int,
    landmarks: Mapping[str, tuple[float, float]] | None = None,
    jpeg_quality: int | None = None,
    mask_name: str = "face mask",
) -> Face:
    """Resize a photograph and its masks (0-255, any size of the same aspect) to one size.

    The mask is enlarged smoothly and thresholded at one half, so its edge has no steps. ``landmarks`` are in
    pixels of the ``image`` that is passed. Raises ValueError, which names the mask by ``mask_name``, if it is
    empty.
    """
    height, width = image.shape[:2]
    scale = long_side / max(height, width)
    image = scale_image(image, scale)
    size = image.shape[1], image.shape[0]
    if size != (width, height):
        # The blocks of the JPEG do not survive resizing.
        jpeg_quality = None
    binary = resize_face_mask(mask, size, mask_name)
    if parsing is not None:
        parsing = resize_parsing(parsing, size)
    shift = (scale - 1) / 2
    points = {name: (x * scale + shift, y * scale + shift) for name, (x, y) in (landmarks or {}).items()}
    return Face(
        image=image,
        mask=binary,
        parsing=parsing,
        box=mask_box(binary),
        landmarks=points,
        jpeg_quality=jpeg_quality,
    )


def resize_face_mask(mask: Image, size: tuple[int, int], name: str = "face mask") -> Image:
    """The mask (0-255) as 0 or 1 at (width, height). Raises ValueError if it is empty there."""
    binary = cast(Image, cv2.threshold(_resize_mask(mask, size), 127, 1, cv2.THRESH_BINARY)[1])
    if not binary.any():
        raise ValueError(f"{name}: expected pixels above 127, got an empty mask")
    return binary


def resize_parsing(parsing: Image, size: tuple[int, int]) -> Image:
    """The class indices at (width, height)."""
    return cv2.resize(parsing, size, interpolation=cv2.INTER_NEAREST).astype(np.uint8, copy=False)


def _resize_mask(mask: Image, size: tuple[int, int]) -> Image:
    """The mask with grey edges, at (width, height)."""
    if size[0] <= mask.shape[1]:
        return cast(Image, cv2.resize(mask, size, interpolation=cv2.INTER_AREA))
    # Without the blur, thresholding at one half would only repeat the pixels and leave their steps.
    soft = cv2.GaussianBlur(mask, (5, 5), 0)
    return cast(Image, cv2.resize(soft, size, interpolation=cv2.INTER_LINEAR))
