"""Masks of training repositories: which values are face, and what stands where the occluder is."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from natocc.geometry import Image

# HxW of booleans or integers.
Mask = NDArray[Any]


def face_pixels(mask: Mask, classes: Collection[int] | None, occluded_value: int) -> Image:
    """uint8 HxW, 1 where ``mask`` holds one of ``classes`` (None: anything but 0), else 0.

    Pixels that hold ``occluded_value`` are hidden already and no face.
    """
    face = mask != 0 if classes is None else np.isin(mask, list(classes))
    if occluded_value != 0 or classes is not None:
        face &= mask != occluded_value
    return face.view(np.uint8)


def mark_hidden(
    mask: Mask, hidden: NDArray[np.bool_], face: NDArray[np.bool_] | None, occluded_value: int
) -> Mask:
    """A copy with ``occluded_value`` where ``hidden``, on ``face`` alone unless that is None."""
    where = hidden if face is None else hidden & face
    marked = mask.copy()
    marked[where] = occluded_value
    return marked


def check_mask(what: str, mask: object, size: tuple[int, int], occluded_value: int) -> Mask:
    """The mask itself. Raises ValueError unless it is HxW of ``size``, boolean or of integers that
    can hold ``occluded_value``."""
    if not isinstance(mask, np.ndarray) or mask.dtype.kind not in "bui" or mask.shape != size:
        came = f"{mask.dtype} {mask.shape}" if isinstance(mask, np.ndarray) else f"a {type(mask).__name__}"
        raise ValueError(f"{what}: expected HxW {size} of integers or booleans, like the image, got {came}")
    top = 1 if mask.dtype.kind == "b" else np.iinfo(mask.dtype).max
    if not 0 <= occluded_value <= top:
        raise ValueError(
            f"{what}: expected values that can hold occluded_value={occluded_value}, got {mask.dtype}; "
            "convert the mask or choose another value"
        )
    return mask
