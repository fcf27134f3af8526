"""Shapes of an annotation, painted one after another into a face mask."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assets.problems import BadInput
from assets.review.index import FACE_LABEL, HOLE_LABEL, ReviewFace
from natocc.geometry import Image
from natocc.masks.rasterise import fill_polygon
from natocc.masks.scaling import reduce_mask

# How far outside the picture a corner may lie, as a share of its long side, to allow for imprecise clicks.
_OUTSIDE = 0.05


def new_mask(face: ReviewFace) -> Image:
    return np.zeros(face.mask_size, np.uint8)


def paint(mask: Image, label: str, shape: Image) -> None:
    """Add a face, or remove a hole; ``shape`` uint8 HxW of the mask's size, non-zero inside."""
    mask[shape > 0] = 255 if label == FACE_LABEL else 0


def check_label(label: str) -> None:
    """Raise BadInput for a label that reviews do not define."""
    if label not in (FACE_LABEL, HOLE_LABEL):
        raise BadInput(f"the label {FACE_LABEL} or {HOLE_LABEL}", repr(label))


def polygon_shape(points: Sequence[tuple[float, float]], face: ReviewFace) -> Image:
    """A polygon in pixels of the image, drawn at the mask's size. Raises BadInput if it is invalid."""
    if len(points) < 3:
        raise BadInput("a polygon of at least 3 points", str(len(points)))
    corners = np.asarray(points, np.float64)
    height, width = face.image_size
    slip = _OUTSIDE * max(height, width)
    if (corners < -slip).any() or (corners > np.array([width, height]) + slip).any():
        x, y = max(points, key=lambda at: max(-at[0], -at[1], at[0] - width, at[1] - height))
        raise BadInput(f"points on the image of {width}x{height}", f"({x:g}, {y:g}), far outside")
    scale = np.array([face.mask_size[1] / width, face.mask_size[0] / height])
    return fill_polygon(corners * scale, face.mask_size)


def bitmap_shape(bitmap: Image, face: ReviewFace) -> Image:
    """A bitmap of the image's size, scaled to the mask's size. Raises BadInput for another size."""
    check_size(bitmap.shape, face)
    return reduce_mask(bitmap, face.mask_size)


def check_size(size: tuple[int, ...], face: ReviewFace) -> None:
    """Raise BadInput for a size (height, width) other than the image's."""
    if size != face.image_size:
        height, width = face.image_size
        raise BadInput(f"the image's size {width}x{height}", f"{size[1]}x{size[0]}")
