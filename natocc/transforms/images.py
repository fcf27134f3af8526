"""Convert images of training repositories to 8 bits for the occlusion, and back to their dtype."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from natocc.geometry import Image

# RGB HxWx3, uint8 or float32 in 0-1.
AnyImage = NDArray[Any]


def to_uint8(what: str, image: object) -> Image:
    """Contiguous RGB uint8 HxWx3 from an image of uint8, or of float32 in 0-1.

    Raises ValueError for anything else, with the remedy.
    """
    if not isinstance(image, np.ndarray):
        raise _refused(what, f"a {type(image).__name__}", _other_type(image))
    got = f"{image.dtype} {image.shape}"
    if advice := _shape_problem(image.shape):
        raise _refused(what, got, advice)
    if image.dtype == np.uint8:
        return np.ascontiguousarray(image)
    if image.dtype != np.float32:
        advice = "give image.astype(np.float32)" if image.dtype.kind == "f" else "convert it to uint8"
        raise _refused(what, got, advice)
    low, high = float(image.min()), float(image.max())
    if advice := _range_problem(low, high):
        raise _refused(what, f"{got} of {low:g} to {high:g}", advice)
    return np.ascontiguousarray(np.rint(image * 255).astype(np.uint8))


def from_uint8(occluded: Image, before: Image, image: AnyImage) -> AnyImage:
    """``occluded`` in the dtype of ``image``, whose 8 bits were ``before``.

    Values that the occlusion did not change equal those of ``image`` to the bit.
    """
    if image.dtype == np.uint8:
        return occluded
    return np.where(occluded != before, occluded.astype(np.float32) / np.float32(255), image)


def _refused(what: str, got: str, advice: str) -> ValueError:
    return ValueError(f"{what}: expected RGB HxWx3 of uint8, or of float32 in 0-1, got {got}; {advice}")


def _other_type(image: object) -> str:
    if hasattr(image, "permute"):
        return "occlude before conversion to tensors"
    if hasattr(image, "convert"):
        return "give np.asarray(image.convert('RGB'))"
    return "give a numpy array"


def _shape_problem(shape: tuple[int, ...]) -> str:
    if 0 in shape:
        return "the image is empty"
    if len(shape) == 2 or (len(shape) == 3 and shape[2] == 1):
        return "make it RGB with cv2.cvtColor(image, cv2.COLOR_GRAY2RGB)"
    if len(shape) == 3 and shape[2] == 4:
        return "leave its fourth channel out: image[..., :3]"
    if len(shape) == 3 and shape[0] in (1, 3) and shape[2] != 3:
        return (
            "its channels come first: occlude before conversion to tensors, or give image.transpose(1, 2, 0)"
        )
    if len(shape) == 4:
        return "give several images as images=…, with masks=…"
    return "" if len(shape) == 3 and shape[2] == 3 else "give three channels"


def _range_problem(low: float, high: float) -> str:
    """Values up to half an 8-bit step beyond 0 and 1 come from rounding and are accepted."""
    if not (np.isfinite(low) and np.isfinite(high)):
        return "find out where NaN or infinity comes from"
    if low * 255 < -0.5:
        return "occlude before normalising"
    if high * 255 <= 255.5:
        return ""
    return "divide it by 255" if high <= 255 else "scale it to 0-1"
