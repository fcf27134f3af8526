"""Final augmentation, jointly on the occluded image, the clean image, the labels and alpha."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import cast

import cv2
import numpy as np

from natocc.face import Face
from natocc.geometry import (
    Box,
    Image,
    Matrix,
    largest_stretch,
    mask_box,
    rotation,
    scaling,
    shearing,
    translation,
)
from natocc.labels import mirror_parsing
from natocc.photometric.blur import Blur, apply_blur
from natocc.photometric.tone import Tone, apply_tone
from natocc.render.params import Affine, Params


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleViews:
    """The same view with and without the occluder.

    ``image`` and ``clean`` are equal outside ``changed``. They may differ up to ``reach`` pixels beyond
    ``alpha``'s pixels.
    """

    image: Image
    clean: Image
    clean_mask: Image
    alpha: Image
    parsing: Image | None
    changed: Box
    reach: int

    @classmethod
    def untouched(cls, face: Face) -> SampleViews:
        """The face without an occluder. All arrays except ``alpha`` are shared with ``face``."""
        return cls(
            image=face.image,
            clean=face.image,
            clean_mask=face.mask,
            alpha=np.zeros(face.size, np.uint8),
            parsing=face.parsing,
            changed=Box(0, 0, 0, 0),
            reach=0,
        )


def apply_final_stages(views: SampleViews, params: Params) -> SampleViews:
    """Apply the final stages of ``params`` in order: affine, blur, tone, flip."""
    if params.final_affine is not None:
        views = _warp(views, params.final_affine)
    if params.final_blur is not None:
        views = _blur(views, params.final_blur)
    if params.final_tone is not None:
        views = _tone(views, params.final_tone)
    if params.final_flip:
        views = _flip(views)
    return views


def move_labels(mask: Image, parsing: Image | None, params: Params) -> tuple[Image, Image | None]:
    """A face's mask (0 or 1) and parsing map, moved as the final stages of ``params`` move its picture."""
    if params.final_affine is not None:
        mask, parsing = _warp_labels(mask, parsing, _matrix(params.final_affine, mask))
    return _flip_labels(mask, parsing) if params.final_flip else (mask, parsing)


def _matrix(affine: Affine, plane: Image) -> Matrix:
    """The change of a picture about its centre."""
    height, width = plane.shape[:2]
    centre = (width - 1) / 2, (height - 1) / 2
    return (
        translation(*centre)
        @ rotation(affine.angle)
        @ shearing(*affine.shear)
        @ scaling(*affine.scale)
        @ translation(-centre[0], -centre[1])
    )


def _warped(plane: Image, matrix: Matrix, flags: int) -> Image:
    """The plane at its size, mirrored beyond the border."""
    size = plane.shape[1], plane.shape[0]
    out = cv2.warpAffine(plane, matrix[:2], size, flags=flags, borderMode=cv2.BORDER_REFLECT_101)
    return cast(Image, out)


def _warp_labels(mask: Image, parsing: Image | None, matrix: Matrix) -> tuple[Image, Image | None]:
    moved = _warped(mask * np.uint8(255), matrix, cv2.INTER_LINEAR)
    classes = None if parsing is None else _warped(parsing, matrix, cv2.INTER_NEAREST)
    return (moved > 127).astype(np.uint8), classes


def _warp(views: SampleViews, affine: Affine) -> SampleViews:
    """Warp all planes by one matrix."""
    height, width = views.alpha.shape
    matrix = _matrix(affine, views.alpha)
    mask, parsing = _warp_labels(views.clean_mask, views.parsing, matrix)
    image = _warped(views.image, matrix, cv2.INTER_LINEAR)
    clean = _warped(views.clean, matrix, cv2.INTER_LINEAR)
    alpha = _warped(views.alpha, matrix, cv2.INTER_LINEAR)
    reach = math.ceil(views.reach * largest_stretch(matrix)) + 1
    return replace(
        views,
        image=image,
        clean=clean,
        clean_mask=mask,
        alpha=alpha,
        parsing=parsing,
        changed=mask_box(alpha).grow(reach, (height, width)),
        reach=reach,
    )


def _blur(views: SampleViews, blur: Blur) -> SampleViews:
    """Blur the whole clean image, and the occluded image only where the two can differ."""
    canvas = views.alpha.shape[0], views.alpha.shape[1]
    changed = views.changed.grow(blur.radius, canvas)
    clean = apply_blur(views.clean, blur)
    image = clean.copy()
    if not views.changed.empty:
        around = changed.grow(blur.radius, canvas)
        region = apply_blur(np.ascontiguousarray(views.image[around.slices]), blur)
        top, left = changed.y0 - around.y0, changed.x0 - around.x0
        image[changed.slices] = region[top : top + changed.height, left : left + changed.width]
    return replace(views, image=image, clean=clean, changed=changed, reach=views.reach + blur.radius)


def _tone(views: SampleViews, tone: Tone) -> SampleViews:
    clean = apply_tone(views.clean, tone)
    image = clean.copy()
    if not views.changed.empty:
        region = np.ascontiguousarray(views.image[views.changed.slices])
        image[views.changed.slices] = apply_tone(region, tone)
    return replace(views, image=image, clean=clean)


def _flipped(plane: Image) -> Image:
    return cast(Image, cv2.flip(plane, 1))


def _flip_labels(mask: Image, parsing: Image | None) -> tuple[Image, Image | None]:
    return _flipped(mask), None if parsing is None else mirror_parsing(_flipped(parsing))


def _flip(views: SampleViews) -> SampleViews:
    width, box = views.alpha.shape[1], views.changed
    mask, parsing = _flip_labels(views.clean_mask, views.parsing)
    return replace(
        views,
        image=_flipped(views.image),
        clean=_flipped(views.clean),
        clean_mask=mask,
        alpha=_flipped(views.alpha),
        parsing=parsing,
        changed=Box(width - box.x1, box.y0, width - box.x0, box.y1),
    )
