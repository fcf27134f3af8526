"""Drawing a sample's parameters: every choice is made here, each stage from a generator of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.random import Generator

from natocc.blurring import draw_blur
from natocc.face import Face, preview_mask
from natocc.geometry import Image, Matrix, resizing, transform_points
from natocc.occluder import Occluder, place
from natocc.params import Affine, Params
from natocc.placement import Placement, draw_placement, draw_scales, placement_matrix
from natocc.profiles import Kind, Profile
from natocc.randomness import Streams, draw_range
from natocc.shapes import Shape, curve_size, draw_shape, fill_shape, outline
from natocc.tone import draw_tone
from natocc.transfer import draw_transfer


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """What a set turns on beyond its profile."""

    transfer_strength: float = 0.0  # colour transfer of hands
    harmonise: bool = False  # objects


def draw_params(
    face: Face, occluder: Occluder | None, kind: Kind, profile: Profile, switches: Switches, streams: Streams
) -> Params:
    """Draw one sample. ``occluder`` is a cut-out, a texture for ``randocc``, None for ``none``."""
    if kind == "none" or occluder is None:
        return Params(kind="none")
    shape = draw_shape(streams.stage("shape")) if kind == "randocc" else None
    params = Params(
        kind=kind,
        shape=shape,
        placement=_choose_placement(face, occluder, shape, kind, profile, streams.stage("placement")),
        opacity=_draw_opacity(kind, profile, streams.stage("opacity")),
        seam_blur=profile.seam_blur,
        harmonise=kind == "object" and switches.harmonise,
    )
    if kind == "hand" and switches.transfer_strength > 0:
        strength = switches.transfer_strength
        params = replace(params, transfer=draw_transfer(streams.stage("transfer"), strength))
    return _draw_final(_draw_occluder_changes(params, profile, streams), profile, streams)


def _draw_opacity(kind: Kind, profile: Profile, rng: Generator) -> float:
    if kind == "randocc" and rng.random() < profile.translucent_probability:
        return draw_range(rng, profile.translucent_opacity)
    return 1.0


def _draw_occluder_changes(params: Params, profile: Profile, streams: Streams) -> Params:
    if (rng := streams.stage("blur")).random() < profile.blur_probability:
        params = replace(params, blur=draw_blur(rng))
    if (rng := streams.stage("jpeg")).random() < profile.jpeg_probability:
        low, high = profile.jpeg_quality
        params = replace(params, jpeg=int(rng.integers(low, high + 1)))
    if (rng := streams.stage("tone")).random() < profile.tone_probability:
        params = replace(params, tone=draw_tone(rng, profile.occluder_tone, by_mean=True))
    return params


def _draw_final(params: Params, profile: Profile, streams: Streams) -> Params:
    rng = streams.stage("final_affine")
    if profile.final_affine and rng.random() < profile.affine_probability:
        scale = draw_scales(profile, rng)
        angle = draw_range(rng, profile.affine_rotation)
        shear = draw_range(rng, profile.affine_shear), draw_range(rng, profile.affine_shear)
        params = replace(params, final_affine=Affine(scale=scale, angle=angle, shear=shear))
    if (rng := streams.stage("final_blur")).random() < profile.blur_probability:
        params = replace(params, final_blur=draw_blur(rng))
    if (rng := streams.stage("final_tone")).random() < profile.tone_probability:
        params = replace(params, final_tone=draw_tone(rng, profile.final_tone, by_mean=False))
    return replace(params, final_flip=bool(streams.stage("final_flip").random() < 0.5))


def _choose_placement(
    face: Face, occluder: Occluder, shape: Shape | None, kind: Kind, profile: Profile, rng: Generator
) -> Placement:
    """Draw placements until one hides an allowed share of the face, at most ``placement_tries`` times.

    Judged on a small matte; the last try stands where none fits, and the gate speaks at full size.
    """
    draw_matte, size = _matte_drawer(occluder, shape)
    mask, scale = preview_mask(face)
    area = max(1, cv2.countNonZero(mask))
    low, high = profile.hidden_ratio
    # The small matte is right to about one per cent; keep clear of the gate by as much.
    margin = min(0.01, (high - low) / 4)
    tries = 0
    while tries < profile.placement_tries:
        tries += 1
        placement = draw_placement(face.box, size, profile, facing=kind in profile.facing, rng=rng)
        if profile.placement_tries == 1:
            break
        matrix = placement_matrix(placement, size)
        if kind == "hand" and not _wrist_leaves(occluder, matrix, face.size):
            continue
        matte = draw_matte(resizing(scale, scale) @ matrix, mask)
        hidden = cv2.countNonZero(mask & (matte > 127)) / area
        if low + margin <= hidden <= high - margin:
            break
    return replace(placement, tries=tries)


def _matte_drawer(
    occluder: Occluder, shape: Shape | None
) -> tuple[Callable[[Matrix, Image], Image], tuple[int, int]]:
    """A function that draws the occluder's matte on a canvas like the given mask; the occluder's size."""
    curve = outline(shape) if shape else None
    size = occluder.size if curve is None else curve_size(curve)

    def draw(matrix: Matrix, mask: Image) -> Image:
        canvas = mask.shape[0], mask.shape[1]
        layer = (
            place(occluder, matrix, canvas) if curve is None else fill_shape(curve, occluder, matrix, canvas)
        )
        matte = np.zeros(canvas, np.uint8)
        matte[layer.box.slices] = layer.matte
        return matte

    return draw, size


def _wrist_leaves(hand: Occluder, matrix: Matrix, canvas: tuple[int, int]) -> bool:
    """Whether the whole cut through the wrist, at the upper edge of the cut-out, lies outside the picture."""
    if hand.alpha is None:
        return True
    top = hand.alpha[0][: max(1, hand.size[0] // 25)].max(axis=0)
    columns = np.flatnonzero(top > 127)
    if columns.size == 0:
        return True
    points = transform_points(np.array([[float(x), 0.0] for x in columns[[0, -1]]]), matrix)
    inside = (points >= 0).all(axis=1) & (points < (canvas[1], canvas[0])).all(axis=1)
    return not bool(inside.any())
