"""Tables over the RGB cube and fields over the picture, both interpolated linearly."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import ImageFilter

from natocc.geometry import Box, Image

Colours = NDArray[np.float32]


def grid_colours(size: int) -> Colours:
    """The cube's nodes as (size, size, size, 3) RGB in 0-255, indexed [blue, green, red]."""
    axis = np.linspace(0, 255, size, dtype=np.float32)
    blue, green, red = np.meshgrid(axis, axis, axis, indexing="ij")
    return np.stack([red, green, blue], axis=-1)


def apply_table(image: Image, table: Colours) -> Image:
    """Map an RGB uint8 image through a (n, n, n, 3) table of RGB in 0-255, n ≤ 65."""
    size = table.shape[0]
    flat = np.ascontiguousarray(np.clip(table, 0, 255) / np.float32(255), dtype=np.float32).reshape(-1)
    lut = ImageFilter.Color3DLUT(size, flat, _copy_table=False)
    return np.asarray(PillowImage.fromarray(image).filter(lut))


def tabulate(mapping: Callable[[Colours], Colours], size: int = 17) -> Colours:
    """The table of a colour function that takes and returns (..., 3) RGB in 0-255."""
    return mapping(grid_colours(size))


def enlarge_field(field: Colours, size: tuple[int, int], box: Box) -> Colours:
    """The box of a field (float32 hxwx3) stretched to (height, width), linearly; float32, the box's size.

    Works axis by axis, so that little outside the box is computed. Exact up to the rounding of float32.
    """
    tall = cv2.resize(field, (field.shape[1], size[0]), interpolation=cv2.INTER_LINEAR)[box.slices[0]]
    wide = cv2.resize(tall, (size[1], box.height), interpolation=cv2.INTER_LINEAR)[:, box.slices[1]]
    return np.ascontiguousarray(wide, np.float32)
