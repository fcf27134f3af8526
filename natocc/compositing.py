"""Matte, blend and seam (rows 9 to 13 of docs/fidelity.md)."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np

from natocc.geometry import Box, Image

# The blur of the seam changes pixels up to this far beyond the matte: two dilations by 5x5.
SEAM_REACH = 4
_SEAM_KERNEL = np.ones((5, 5), np.uint8)
_ERODE_KERNEL = np.ones((3, 3), np.uint8)
# Pixels across the Gaussian that softens a matte.
_SOFTEN = (5, 5)
# Below one soft pixel in this many, blending only the soft pixels is faster than blending all.
_SPARSE = 12


def erode_matte(matte: Image) -> Image:
    """Narrow the matte by one pixel all round, since a cut-out may show a rim of its old background there."""
    return cast(Image, cv2.erode(matte, _ERODE_KERNEL, borderType=cv2.BORDER_REPLICATE))


def soften_matte(matte: Image) -> Image:
    """Erode the matte by one pixel and blur it over 5x5, so that the edge is as soft as a lens makes it."""
    return cast(Image, cv2.GaussianBlur(erode_matte(matte), _SOFTEN, 0))


def apply_opacity(matte: Image, opacity: float) -> Image:
    """The matte as composited: matte times opacity, rounded to uint8."""
    if opacity == 1.0:
        return matte
    table = np.rint(np.arange(256) * opacity).astype(np.uint8)
    return cast(Image, cv2.LUT(matte, table))


def blend(under: Image, over: Image, alpha: Image) -> Image:
    """``alpha/255 · over + (1 - alpha/255) · under``, RGB uint8, to the nearest level.

    Pixels where the matte is 0 or 255 are copied, so only the edge of an opaque occluder is computed.
    """
    if alpha.size == 0:
        return under.copy()
    under = np.ascontiguousarray(under)
    between = np.flatnonzero(cv2.inRange(alpha, 1, 254).view(np.bool_))
    if between.size > alpha.size // _SPARSE:
        weight = alpha.astype(np.float32) * np.float32(1 / 255)
        return cast(Image, cv2.blendLinear(over, under, weight, 1 - weight))
    out = under.copy()
    cv2.copyTo(over, cv2.inRange(alpha, 255, 255), out)
    share = alpha.reshape(-1)[between].astype(np.uint16)[:, None]
    mixed = over.reshape(-1, 3)[between] * share + under.reshape(-1, 3)[between] * (255 - share)
    # Division by 255, rounded, in 16 bits: exact up to 255 squared.
    mixed += 128
    out.reshape(-1, 3)[between] = (mixed + (mixed >> 8)) >> 8
    return out


def blur_seam(composite: Image, matte: Image, box: Box) -> Image:
    """Blur a band of ±4 pixels along the matte's edge by a 5x5 Gaussian, in place, and return the composite.

    ``matte`` covers ``box``. The paper: the intersection is blurred once more.
    """
    region = box.grow(SEAM_REACH + 2, (composite.shape[0], composite.shape[1]))
    if region.empty or box.empty:
        return composite
    solid = np.zeros((region.height, region.width), np.uint8)
    rows = slice(box.y0 - region.y0, box.y1 - region.y0)
    columns = slice(box.x0 - region.x0, box.x1 - region.x0)
    solid[rows, columns] = np.where(matte > 240, 255, 0).astype(np.uint8)
    outer = cv2.dilate(solid, _SEAM_KERNEL, iterations=2)
    inner = cv2.erode(solid, _SEAM_KERNEL, iterations=2, borderType=cv2.BORDER_REPLICATE)
    band = (outer > 0) & (inner == 0)
    pixels = composite[region.slices]
    pixels[band] = cv2.GaussianBlur(pixels, (5, 5), 0)[band]
    return composite
