"""Rendering a sample from its parameters: pure, and the same bytes every time."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from natocc.blending import SEAM_REACH, alpha_of, blend, blur_seam, soften
from natocc.blurring import apply_blur
from natocc.face import Face
from natocc.finish import Views, finish
from natocc.geometry import Box, Image
from natocc.harmonise import Harmoniser
from natocc.labels import hidden_ratio, occlude_parsing, visible_mask
from natocc.occluder import Layer, Occluder, place
from natocc.params import Params
from natocc.placement import placement_matrix
from natocc.shapes import curve_size, fill_shape, outline
from natocc.tone import apply_tone, compress
from natocc.transfer import transfer_colours


@dataclass(frozen=True, slots=True, kw_only=True)
class Composite:
    """A finished sample. Images RGB uint8 HxWx3; planes uint8 HxW.

    ``mask`` and ``clean_mask`` hold 0 or 1, ``alpha`` 0-255 with opacity in it, ``parsing`` (where
    asked for) class indices with 19 for the occluder.
    """

    image: Image
    clean: Image
    mask: Image
    clean_mask: Image
    alpha: Image
    parsing: Image | None
    hidden_ratio: float
    reach_px: int


def render(
    face: Face, occluder: Occluder | None, params: Params, harmoniser: Harmoniser | None = None
) -> Composite:
    """Compose one sample. Raises ValueError where the parameters name what was not handed over."""
    layer = _lay(face, occluder, params)
    views = Views(
        image=face.image,
        clean=face.image,
        clean_mask=face.mask,
        alpha=np.zeros(face.size, np.uint8),
        parsing=face.parsing,
        changed=Box(0, 0, 0, 0),
        reach=0,
    )
    if layer is not None and not layer.box.empty:
        views = _compose(views, _colour(layer, face, params), params, harmoniser)
    views = finish(views, params)
    mask = visible_mask(views.clean_mask, views.alpha, params.opacity)
    parsing = views.parsing
    return Composite(
        image=views.image,
        clean=views.clean,
        mask=mask,
        clean_mask=views.clean_mask,
        alpha=views.alpha,
        parsing=None if parsing is None else occlude_parsing(parsing, views.alpha, params.opacity),
        hidden_ratio=hidden_ratio(views.clean_mask, mask),
        reach_px=views.reach,
    )


def _lay(face: Face, occluder: Occluder | None, params: Params) -> Layer | None:
    """Size, warp and place the occluder: one interpolation from its stored pixels."""
    if params.placement is None:
        return None
    if occluder is None:
        raise ValueError(f"render: expected an occluder for kind {params.kind!r}, got none")
    if params.shape is None:
        matrix = placement_matrix(params.placement, occluder.size)
        layer = place(occluder, matrix, face.size)
    else:
        curve = outline(params.shape)
        matrix = placement_matrix(params.placement, curve_size(curve))
        layer = fill_shape(curve, occluder, matrix, face.size)
    if layer.box.empty:
        return layer
    return replace(layer, matte=soften(layer.matte))


def _colour(layer: Layer, face: Face, params: Params) -> Layer:
    """Colour transfer, blur, compression and tone of the occluder, in the face's own pixels."""
    rgb, solid = layer.rgb, layer.matte > 127
    if not solid.any():
        return layer
    if params.transfer is not None:
        face_mask = face.mask * np.uint8(255)
        rgb = transfer_colours(rgb, layer.matte, face.image, face_mask, params.transfer)
    if params.blur is not None:
        rgb = apply_blur(rgb, params.blur)
    if params.jpeg is not None:
        rgb = compress(rgb, params.jpeg)
    if params.tone is not None:
        mean = cv2.mean(rgb, solid.astype(np.uint8))
        rgb = apply_tone(rgb, params.tone, sum(mean[:3]) / 3)
    return replace(layer, rgb=rgb)


def _compose(views: Views, layer: Layer, params: Params, harmoniser: Harmoniser | None) -> Views:
    """Blend, blur the seam, harmonise."""
    canvas = views.alpha.shape[0], views.alpha.shape[1]
    alpha = alpha_of(layer.matte, params.opacity)
    image = views.clean.copy()
    image[layer.box.slices] = blend(views.clean[layer.box.slices], layer.rgb, alpha)
    reach = 0
    if params.seam_blur:
        image = blur_seam(image, layer.matte, layer.box)
        reach = SEAM_REACH
    if params.harmonise:
        if harmoniser is None:
            raise ValueError("render: the parameters ask for harmonisation, but no harmoniser was given")
        image[layer.box.slices] = harmoniser(image, alpha, layer.box)
    views.alpha[layer.box.slices] = alpha
    return replace(views, image=image, changed=layer.box.grow(reach, canvas), reach=reach)
