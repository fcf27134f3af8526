"""Final augmentation, jointly on the occluded image, the clean image, the labels and alpha."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import cast

import cv2
import numpy as np

from natocc.face import Face
from natocc.geometry import Box, Image, largest_stretch, mask_box, rotation, scaling, shearing, translation
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


def _warp(views: SampleViews, affine: Affine) -> SampleViews:
    """Warp all planes by one matrix, mirrored beyond the border."""
    height, width = views.alpha.shape
    centre = (width - 1) / 2, (height - 1) / 2
    matrix = (
        translation(*centre)
        @ rotation(affine.angle)
        @ shearing(*affine.shear)
        @ scaling(*affine.scale)
        @ translation(-centre[0], -centre[1])
    )

    def warped(plane: Image, flags: int) -> Image:
        out = cv2.warpAffine(
            plane, matrix[:2], (width, height), flags=flags, borderMode=cv2.BORDER_REFLECT_101
        )
        return cast(Image, out)

    mask = warped(views.clean_mask * np.uint8(255), cv2.INTER_LINEAR)
    image = warped(views.image, cv2.INTER_LINEAR)
    clean = warped(views.clean, cv2.INTER_LINEAR)
    alpha = warped(views.alpha, cv2.INTER_LINEAR)
    reach = math.ceil(views.reach * largest_stretch(matrix)) + 1
    return replace(
        views,
        image=image,
        clean=clean,
        clean_mask=(mask > 127).astype(np.uint8),
        alpha=alpha,
        parsing=None if views.parsing is None else warped(views.parsing, cv2.INTER_NEAREST),
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


def _flip(views: SampleViews) -> SampleViews:
    def flipped(plane: Image) -> Image:
        return cast(Image, cv2.flip(plane, 1))

    width, box = views.alpha.shape[1], views.changed
    return replace(
        views,
        image=flipped(views.image),
        clean=flipped(views.clean),
        clean_mask=flipped(views.clean_mask),
        alpha=flipped(views.alpha),
        parsing=None if views.parsing is None else mirror_parsing(flipped(views.parsing)),
        changed=Box(width - box.x1, box.y0, width - box.x0, box.y1),
    )
