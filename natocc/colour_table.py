"""A smooth colour mapping as a table over the RGB cube, applied with trilinear interpolation."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import ImageFilter

from natocc.geometry import Image

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
