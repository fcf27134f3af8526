"""Pixels as the released generator makes them, for comparison only: no profile and no build uses this.

Placement, shape and every drawn number are given, so only the pixel operations differ from ``render``: black
around the occluder from the start, three interpolations instead of one, blur and JPEG that include the black,
a matte warped separately from its colours, rounding down. The bank's inputs are better than the released
ones: cut-outs have no rim of their old background, and random shapes are whole. There is no harmonisation,
since RainNet's weights are not part of the project.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from natocc.face import Face
from natocc.geometry import Box, Image, Matrix, rotation, scaling, shearing, transform_points
from natocc.occluders.occluder import Occluder
from natocc.occluders.shapes import curve_size, fill_shape, shape_curve
from natocc.photometric.blur import apply_blur
from natocc.photometric.tone import apply_tone, compress
from natocc.placement.affine import Placement
from natocc.render.compose import Composite, finished
from natocc.render.final_augmentation import SampleViews
from natocc.render.lay import compress_face
from natocc.render.params import Params
from natocc.resize.scale import scaled_size
from natocc.transfer.apply import transfer_colours

# Reach of the blurred band beyond the occlusion mask: two dilations by 5x5.
_BAND = 4
_BAND_KERNEL = np.ones((5, 5), np.uint8)
_ERODE_KERNEL = np.ones((3, 3), np.uint8)
_Cut = tuple[Image, Image]


def render_released(face: Face, occluder: Occluder | None, params: Params) -> Composite:
    """Compose one sample as the released code does (paper section 3.2; rows 2 to 13 of docs/fidelity.md).

    It reads face_jpeg, shape, placement, transfer, blur, jpeg, tone, opacity and the final stages of
    ``params``. It ignores the other steps, which the released code does not have. ``alpha`` of the result is
    the released code's occlusion mask: 0-255, not eroded, without opacity. ``mask`` follows from ``alpha``.
    Raises ValueError for a missing occluder.
    """
    face = compress_face(face, params)
    views = SampleViews.untouched(face)
    if params.placement is not None:
        if occluder is None:
            raise ValueError(f"render_released: expected an occluder for kind {params.kind!r}, got none")
        rgb, mask = _cut(occluder, params)
        if params.transfer is not None:
            face_mask = face.mask * np.uint8(255)
            rgb = transfer_colours(rgb, mask, face.image, face_mask, params.transfer)
        rgb, mask = _resize(rgb, mask, params.placement)
        rgb, mask = _augment(rgb, mask, params, params.placement)
        rgb, mask = _warp(rgb, mask, rotation(params.placement.facing), cv2.INTER_LINEAR)
        views = _paste(views, rgb, mask, params.placement.centre, params.opacity)
    return finished(views, params, opacity=1.0)


def _cut(occluder: Occluder, params: Params) -> _Cut:
    """The occluder at its stored size, black outside a mask of 0 and 255."""
    if params.shape is None:
        if occluder.alpha is None:
            raise ValueError("render_released: expected a cut-out with a matte, got a texture")
        rgb, matte = occluder.rgb[0], occluder.alpha[0]
    else:
        curve = shape_curve(params.shape)
        height, width = curve_size(curve)
        layer = fill_shape(curve, occluder, np.eye(3), (height, width))
        rgb, matte = np.zeros((height, width, 3), np.uint8), np.zeros((height, width), np.uint8)
        rgb[layer.box.slices], matte[layer.box.slices] = layer.rgb, layer.matte
    mask = np.where(matte > 127, 255, 0).astype(np.uint8)
    return np.where(mask[..., None] > 0, rgb, np.uint8(0)), mask


def _resize(rgb: Image, mask: Image, placement: Placement) -> _Cut:
    """Resize both by Lanczos, without averaging when they shrink."""
    size = scaled_size(mask.shape, math.sqrt(placement.scale[0] * placement.scale[1]))[::-1]
    return (
        cast(Image, cv2.resize(rgb, size, interpolation=cv2.INTER_LANCZOS4)),
        cast(Image, cv2.resize(mask, size, interpolation=cv2.INTER_LANCZOS4)),
    )


def _augment(rgb: Image, mask: Image, params: Params, placement: Placement) -> _Cut:
    """Blur, JPEG, affine and tone of the resized rectangle, its black included."""
    if params.blur is not None:
        rgb = apply_blur(rgb, params.blur)
    if params.jpeg is not None:
        rgb = compress(rgb, params.jpeg)
    # The size is already correct; only the aspect of the augmentation remains.
    aspect = math.sqrt(placement.scale[0] / placement.scale[1])
    matrix = rotation(placement.angle) @ shearing(*placement.shear) @ scaling(aspect, 1 / aspect)
    rgb, mask = _warp(rgb, mask, matrix, cv2.INTER_NEAREST)
    if params.tone is not None:
        rgb = apply_tone(rgb, params.tone, float(rgb.mean()))
    return rgb, mask


def _warp(rgb: Image, mask: Image, matrix: Matrix, mask_flags: int) -> _Cut:
    """Warp both by a linear map about their middle, on a canvas that holds the whole result; black beyond."""
    if np.allclose(matrix, np.eye(3)):
        return rgb, mask
    height, width = mask.shape
    corners = np.array([[-width, -height], [width, -height], [width, height], [-width, height]]) / 2
    extent = np.ceil(np.abs(transform_points(corners, matrix)).max(0) * 2 - 1e-6).astype(int)
    size = int(extent[0]), int(extent[1])
    middle = np.array([(width - 1) / 2, (height - 1) / 2])
    forward = matrix[:2].copy()
    forward[:, 2] = (np.array(size) - 1) / 2 - matrix[:2, :2] @ middle
    return (
        cast(Image, cv2.warpAffine(rgb, forward, size, flags=cv2.INTER_LINEAR)),
        cast(Image, cv2.warpAffine(mask, forward, size, flags=mask_flags)),
    )


def _paste(
    views: SampleViews, rgb: Image, mask: Image, centre: tuple[float, float], opacity: float
) -> SampleViews:
    """Blend at whole pixels with an eroded, softened matte, then blur along the mask's edge."""
    canvas = views.alpha.shape[0], views.alpha.shape[1]
    height, width = mask.shape
    left, top = round(centre[0]) - width // 2, round(centre[1]) - height // 2
    box = Box(left, top, left + width, top + height).grow(0, canvas)
    if box.empty:
        return views
    inner = slice(box.y0 - top, box.y1 - top), slice(box.x0 - left, box.x1 - left)
    rgb, mask = rgb[inner], mask[inner]
    weight = mask.astype(np.float32) / np.float32(255) * np.float32(opacity)
    weight = cv2.GaussianBlur(cv2.erode(weight, _ERODE_KERNEL), (5, 5), 0)[..., None].astype(np.float32)
    image = views.clean.copy()
    # Fractions are truncated, not rounded.
    image[box.slices] = (weight * rgb + (1 - weight) * image[box.slices]).astype(np.uint8)
    views.alpha[box.slices] = mask
    _blur_band(image, views.alpha, box)
    return replace(views, image=image, changed=box.grow(_BAND, canvas), reach=_BAND)


def _blur_band(image: Image, mask: Image, box: Box) -> None:
    """Blur the composite by a 5x5 Gaussian along the mask's edge, in place."""
    region = box.grow(_BAND + 2, (mask.shape[0], mask.shape[1]))
    part = mask[region.slices]
    outer = cv2.dilate(part, _BAND_KERNEL, iterations=2)
    inner = cv2.erode(part, _BAND_KERNEL, iterations=2)
    band: NDArray[np.bool_] = outer - inner > 240
    pixels = image[region.slices]
    pixels[band] = cv2.GaussianBlur(pixels, (5, 5), 0)[band]
