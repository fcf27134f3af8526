"""A cut-out from its photograph: the matte, and colours that continue beyond it."""

from __future__ import annotations

import cv2
import numpy as np

from natocc.geometry import Image, mask_box

_MARGIN = 2
# Level of the blurred mask that becomes half opaque, and the gain there; 0.5 would leave the edge in place.
_LEVEL, _GAIN = 0.7, 2.5
# The blur (sigma, pixels of the mask) that removes the steps of its pixels.
_SMOOTH = 0.8
# Level and gain for a matte whose edge follows the picture's colours.
_LEVEL_REFINED, _SMOOTH_REFINED = 0.6, 0.6
_OPAQUE = 250


def soft_matte(mask: Image, factor: int = 1) -> Image:
    """An anti-aliased matte (uint8) from a binary mask (0 or 255), enlarged ``factor`` times.

    The edge moves in by about half a source pixel, where the photograph mixes in background.
    """
    soft = cv2.GaussianBlur(mask, (0, 0), _SMOOTH)
    size = mask.shape[1] * factor, mask.shape[0] * factor
    return steepen_edge(cv2.resize(soft, size, interpolation=cv2.INTER_CUBIC).astype(np.uint8, copy=False))


def enlarge_matte(alpha: Image, factor: int) -> Image:
    """A soft matte (uint8) enlarged ``factor`` times, with an edge as steep as ``soft_matte``'s.

    The edge stays nearly in place, since the matte already excludes pixels mixed with background.
    """
    soft = cv2.GaussianBlur(alpha, (0, 0), _SMOOTH_REFINED)
    size = alpha.shape[1] * factor, alpha.shape[0] * factor
    large = cv2.resize(soft, size, interpolation=cv2.INTER_CUBIC).astype(np.uint8, copy=False)
    return steepen_edge(large, _LEVEL_REFINED)


def soften_enlarged(mask: Image, scale: float = 1.0) -> Image:
    """``soft_matte`` of a mask (0 or 255) that is already enlarged by the factor ``scale``."""
    return steepen_edge(cv2.GaussianBlur(mask, (0, 0), _SMOOTH * scale).astype(np.uint8, copy=False))


def steepen_edge(soft: Image, level: float = _LEVEL) -> Image:
    """A matte from a blurred mask (both uint8): half opaque where the blur has ``level`` (0 to 1)."""
    values = np.clip((np.arange(256) / 255 - level) * _GAIN + 0.5, 0, 1)
    return cv2.LUT(soft, np.rint(255 * values).astype(np.uint8)).astype(np.uint8, copy=False)


def clear_border(mask: Image, width: int = 1) -> Image:
    """A copy whose outermost pixels are 0, so that the edge at the picture's border becomes soft too."""
    cleared = np.zeros_like(mask)
    inner = slice(width, -width), slice(width, -width)
    cleared[inner] = mask[inner]
    return cleared


def extend_colours(rgb: Image, matte: Image, inset: float = 2.0) -> Image:
    """Give every pixel outside the matte and near its edge the colour of the nearest pixel well inside.

    ``inset`` is the distance from the edge, in pixels, up to which the photograph mixes in its background. In
    parts too thin for this distance, the middle counts as well inside. Raises ValueError for an empty matte.
    """
    inside = _well_inside(matte, inset)
    _, labels = cv2.distanceTransformWithLabels(
        1 - inside, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    where = np.flatnonzero(inside)
    nearest = np.zeros(int(labels.max()) + 1, np.int64)
    nearest[labels.reshape(-1)[where]] = where
    return np.ascontiguousarray(rgb.reshape(-1, 3)[nearest[labels.reshape(-1)]].reshape(rgb.shape))


def _well_inside(matte: Image, inset: float) -> Image:
    """uint8 HxW, 1 if the distance to the edge is at least ``inset``, or is the largest nearby."""
    solid = (matte > _OPAQUE).astype(np.uint8)
    if not solid.any():
        if matte.max(initial=0) == 0:
            raise ValueError("cut-out: expected a matte with visible pixels, got an empty one")
        return np.asarray(matte == matte.max(), dtype=np.uint8)
    distance = cv2.distanceTransform(
        cv2.copyMakeBorder(solid, 1, 1, 1, 1, cv2.BORDER_CONSTANT), cv2.DIST_L2, 5
    )
    distance = distance[1:-1, 1:-1]
    reach = 2 * int(np.ceil(inset)) + 1
    deepest = cv2.dilate(distance, np.ones((reach, reach), np.uint8))
    return ((solid > 0) & (distance >= np.minimum(inset, deepest))).astype(np.uint8)


def crop_to_matte(rgb: Image, matte: Image) -> tuple[Image, Image]:
    """Crop both to the matte's bounding box with a transparent margin of two pixels."""
    box = mask_box(matte > 8)
    if box.empty:
        raise ValueError("cut-out: expected a matte with visible pixels, got an empty one")
    rgb, matte = rgb[box.slices], matte[box.slices]
    around = (_MARGIN, _MARGIN, _MARGIN, _MARGIN)
    wide = cv2.copyMakeBorder(rgb, *around, cv2.BORDER_REPLICATE)
    edge = cv2.copyMakeBorder(matte, *around, cv2.BORDER_CONSTANT, value=0)
    return wide.astype(np.uint8, copy=False), edge.astype(np.uint8, copy=False)


def turn_cutout(rgb: Image, matte: Image, degrees: float) -> tuple[Image, Image]:
    """Turn both counter-clockwise about the centre, on a canvas that holds the whole result."""
    if degrees % 360 == 0:
        return rgb, matte
    height, width = matte.shape
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0)
    c, s = abs(matrix[0, 0]), abs(matrix[0, 1])
    size = int(np.ceil(width * c + height * s)), int(np.ceil(width * s + height * c))
    matrix[:, 2] += (size[0] - width) / 2, (size[1] - height) / 2
    turned = cv2.warpAffine(rgb, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    edge = cv2.warpAffine(matte, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    return turned.astype(np.uint8, copy=False), edge.astype(np.uint8, copy=False)
