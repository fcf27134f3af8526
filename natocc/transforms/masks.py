"""Masks of training repositories: face pixels, and pixels that get the occluder's label."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from natocc.geometry import Image

# HxW or HxWx1 of booleans, integers or floats.
AnyMask = NDArray[Any]
# A pixel of a soft mask is face from this value on.
_HALF = 0.5


def check_label_mask(what: str, mask: object, size: tuple[int, int], occluded_value: int) -> AnyMask:
    """Return the mask itself if it fits the image of ``size`` and can hold ``occluded_value``.

    A float mask is soft, in 0-1, or holds whole numbers. Raises ValueError for other arrays.
    """
    if not isinstance(mask, np.ndarray) or mask.dtype.kind not in "buif" or _size(mask) != size:
        got = f"{mask.dtype} {mask.shape}" if isinstance(mask, np.ndarray) else f"a {type(mask).__name__}"
        raise ValueError(
            f"{what}: expected HxW or HxWx1, {size[0]}x{size[1]} like the image, "
            f"of booleans, integers or floats, got {got}"
        )
    if mask.dtype.kind == "f" and (got := _float_problem(mask, occluded_value)):
        raise ValueError(f"{what}: expected floats in 0-1 or whole numbers, got {got}")
    top = {"b": 1, "f": np.inf}.get(mask.dtype.kind) or np.iinfo(mask.dtype).max
    if not 0 <= occluded_value <= top:
        raise ValueError(
            f"{what}: expected values that can hold occluded_value={occluded_value}, got {mask.dtype}; "
            "convert the mask or choose another value"
        )
    return mask


def face_pixels(mask: AnyMask, classes: Collection[int] | None, occluded_value: int) -> Image:
    """uint8 HxW, 1 where ``mask`` holds one of ``classes``, else 0.

    Without classes, all values except 0 are face; in a soft mask, values from 0.5 on. Pixels that hold
    ``occluded_value`` are already hidden and are not face.
    """
    mask = _flat(mask)
    if classes is not None:
        face = np.isin(mask, list(classes))
    else:
        face = mask >= _HALF if _is_soft(mask, occluded_value) else mask != 0
    if occluded_value != 0 or classes is not None:
        face &= mask != occluded_value
    return face.view(np.uint8)


def markable_pixels(mask: AnyMask, classes: Collection[int] | None, occluded_value: int) -> NDArray[np.bool_]:
    """Pixels that may get the occluder's label: the face, and in a soft mask its faint rim too."""
    if classes is None and _is_soft(mask, occluded_value):
        mask = _flat(mask)
        return np.asarray((mask > 0) & (mask != occluded_value))
    return face_pixels(mask, classes, occluded_value).view(np.bool_)


def mark_hidden(
    mask: AnyMask, hidden: NDArray[np.bool_], markable: NDArray[np.bool_] | None, occluded_value: int
) -> AnyMask:
    """A copy with ``occluded_value`` where ``hidden``, only on ``markable`` pixels if that is given."""
    marked = mask.copy()
    marked[hidden if markable is None else hidden & markable] = occluded_value
    return marked


def _size(mask: AnyMask) -> tuple[int, ...]:
    return mask.shape[:2] if mask.ndim == 3 and mask.shape[2] == 1 else mask.shape


def _flat(mask: AnyMask) -> AnyMask:
    return mask[..., 0] if mask.ndim == 3 else mask


def _is_soft(mask: AnyMask, occluded_value: int) -> bool:
    if mask.dtype.kind != "f":
        return False
    given = _given(mask, occluded_value)
    return bool((given != np.rint(given)).any())


def _given(mask: AnyMask, occluded_value: int) -> AnyMask:
    """The mask without pixels that an earlier transform hid: they hold a label, not a share."""
    return mask if 0 <= occluded_value <= 1 else mask[mask != occluded_value]


def _float_problem(mask: AnyMask, occluded_value: int) -> str:
    if not np.isfinite(mask).all():
        return "NaN or infinity"
    if _is_soft(mask, occluded_value):
        given = _given(mask, occluded_value)
        if given.min() < 0 or given.max() > 1:
            return f"fractions in {given.min():g} to {given.max():g}; scale it to 0-1, or round it"
    return ""
