"""Rendering a sample from its parameters: pure, and the same bytes every time."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from natocc.colour.lut import Colours
from natocc.compositing import SEAM_REACH, apply_opacity, blend, blur_seam
from natocc.face import Face
from natocc.geometry import Box, Image
from natocc.harmonise.statistics import Harmoniser
from natocc.labels import hidden_ratio, occlude_parsing, visible_mask
from natocc.occluders.occluder import Layer, Occluder
from natocc.photometric.blur import apply_blur
from natocc.photometric.shadow import cast_shadow
from natocc.photometric.tone import apply_tone, compress
from natocc.render.final_augmentation import SampleViews, apply_final_stages
from natocc.render.lay import Laid, lay
from natocc.render.match_camera import (
    Camera,
    Measured,
    light_layer,
    photograph_layer,
)
from natocc.render.params import Params
from natocc.transfer.apply import Moved, transfer_colours
from natocc.transfer.transport import Mover, move_by_batches


@dataclass(frozen=True, slots=True, kw_only=True)
class Composite:
    """A finished sample. Images RGB uint8 HxWx3; planes uint8 HxW.

    ``mask`` and ``clean_mask`` hold 0 or 1. ``alpha`` is 0-255 and includes opacity. ``parsing``, if
    requested, holds class indices with 19 for the occluder. ``measured`` holds the values that the
    naturalness steps compared.
    """

    image: Image
    clean: Image
    mask: Image
    clean_mask: Image
    alpha: Image
    parsing: Image | None
    hidden_ratio: float
    reach_px: int
    measured: Measured = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A sample with its occluder on the face, before harmonisation and the final stages.

    ``views`` show the uncropped picture. ``box`` is the occluder's place in them.
    """

    views: SampleViews
    box: Box
    measured: Measured = field(default_factory=dict)

    @property
    def matte(self) -> Image:
        """The occluder's alpha in its box, uint8, opacity included."""
        return self.views.alpha[self.box.slices]

    def needs_harmonising(self, params: Params) -> bool:
        """Return whether the draft must be harmonised before it is completed."""
        return params.harmonise and not self.box.empty


def render(
    face: Face, occluder: Occluder | None, params: Params, harmoniser: Harmoniser | None = None
) -> Composite:
    """Compose one sample. Raises ValueError for a missing occluder or harmoniser."""
    draft = compose(face, occluder, params)
    if not draft.needs_harmonising(params):
        return complete(draft, params)
    if harmoniser is None:
        raise ValueError("render: expected a harmoniser for parameters with harmonise, got none")
    return complete(draft, params, harmoniser(draft.views.image, draft.matte, draft.box))


def compose(face: Face, occluder: Occluder | None, params: Params, move: Mover = move_by_batches) -> Draft:
    """The first half of ``render``: all steps before harmonisation. ``move`` moves the colours of ``sot``."""
    laid = lay(face, occluder, params)
    return colour_and_blend(laid, params, None if laid.transport is None else move(laid.transport))


def colour_and_blend(laid: Laid, params: Params, moved: Colours | None = None) -> Draft:
    """The second half of ``compose``; ``moved`` are the sources of the transport after their move.

    Raises ValueError if there is a transport and its sources are missing.
    """
    face, views = laid.face, SampleViews.untouched(laid.face)
    if laid.layer is None or laid.shown is None:
        return Draft(views=views, box=Box(0, 0, 0, 0))
    measured: dict[str, float | None] = {}
    result = None
    if laid.transport is not None:
        if moved is None or moved.shape != laid.transport.source.shape:
            got = "none" if moved is None else f"shape {moved.shape}"
            raise ValueError(f"compose: expected moved colours of the transport's sources, got {got}")
        result = Moved(transport=laid.transport, colours=moved)
        measured |= laid.transport.measured
    layer = _colour(laid.layer, laid.shown, laid.camera, face, params, result)
    layer, photographed = photograph_layer(layer, laid.camera, params)
    return Draft(
        views=_blend(views, layer, face, params), box=layer.box, measured=measured | dict(photographed)
    )


def complete(draft: Draft, params: Params, harmonised: Image | None = None) -> Composite:
    """The second half of ``render``; ``harmonised`` are the new pixels of the draft's box, where needed."""
    if draft.needs_harmonising(params):
        if harmonised is None or harmonised.shape != (draft.box.height, draft.box.width, 3):
            came = "none" if harmonised is None else f"shape {harmonised.shape}"
            raise ValueError(f"complete: expected harmonised pixels of the draft's box, got {came}")
        draft.views.image[draft.box.slices] = harmonised
    return finished(draft.views, params, params.opacity, draft.measured)


def finished(
    views: SampleViews, params: Params, opacity: float, measured: Measured | None = None
) -> Composite:
    """The views after the final stages of ``params``, and the labels that follow from ``alpha``.

    ``opacity`` is the opacity that ``alpha`` already includes.
    """
    views = apply_final_stages(views, params)
    mask = visible_mask(views.clean_mask, views.alpha, opacity)
    parsing = views.parsing
    return Composite(
        image=views.image,
        clean=views.clean,
        mask=mask,
        clean_mask=views.clean_mask,
        alpha=views.alpha,
        parsing=None if parsing is None else occlude_parsing(parsing, views.alpha, opacity),
        hidden_ratio=hidden_ratio(views.clean_mask, mask),
        reach_px=views.reach,
        measured=measured or {},
    )


def _colour(
    layer: Layer, shown: Image, camera: Camera, face: Face, params: Params, moved: Moved | None
) -> Layer:
    """Colour transfer, light and row 6 of the occluder, at the face's resolution."""
    if layer.matte.max(initial=0) == 0:
        return layer
    solid = cv2.threshold(shown, 127, 255, cv2.THRESH_BINARY)[1]
    rgb = layer.rgb
    if params.transfer is not None:
        face_mask = face.mask * np.uint8(255)
        rgb = transfer_colours(rgb, shown, face.image, face_mask, params.transfer, moved)
    rgb = light_layer(replace(layer, rgb=rgb), camera, params).rgb
    if params.blur is not None:
        rgb = apply_blur(rgb, params.blur)
    if params.jpeg is not None:
        rgb = compress(rgb, params.jpeg)
    if params.tone is not None:
        rgb = apply_tone(rgb, params.tone, sum(cv2.mean(rgb, solid)[:3]) / 3)
    return replace(layer, rgb=rgb)


def _blend(views: SampleViews, layer: Layer, face: Face, params: Params) -> SampleViews:
    """Cast the shadow, blend, blur the seam."""
    canvas = views.alpha.shape[0], views.alpha.shape[1]
    alpha = apply_opacity(layer.matte, params.opacity)
    image, changed, reach = views.clean.copy(), layer.box, 0
    if params.shadow is not None:
        # A translucent occluder casts a weaker shadow.
        shadow = replace(params.shadow, strength=params.shadow.strength * params.opacity)
        shaded, changed, reach = cast_shadow(face, layer, shadow)
        image[changed.slices] = shaded
    image[layer.box.slices] = blend(image[layer.box.slices], layer.rgb, alpha)
    if params.seam_blur:
        image = blur_seam(image, layer.matte, layer.box)
        changed, reach = changed.grow(SEAM_REACH, canvas), reach + SEAM_REACH
    views.alpha[layer.box.slices] = alpha
    return replace(views, image=image, changed=changed, reach=reach)
