"""Draw a sample's parameters, each stage from a separate generator."""

from __future__ import annotations

from dataclasses import dataclass, replace

from numpy.random import Generator

from natocc.face import Face
from natocc.kinds import NONE, Kind, kind_named
from natocc.occluders.occluder import Occluder
from natocc.occluders.shapes import draw_shape
from natocc.photometric.blur import draw_blur
from natocc.photometric.light import estimate_light
from natocc.photometric.noise import draw_noise
from natocc.photometric.shadow import draw_shadow
from natocc.photometric.tone import draw_tone
from natocc.placement.affine import draw_scales
from natocc.placement.search import choose_placement
from natocc.profiles import Profile
from natocc.randomness import Streams, draw_range
from natocc.render.params import Affine, Params
from natocc.transfer.apply import Method, draw_transfer

_LIGHT_STRENGTH = (0.5, 0.9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """The steps that a set turns on beyond its profile."""

    transfer_strength: float = 0.0  # for kinds with colour transfer
    transfer_method: Method = "table"
    contrast_guard: bool = True
    algorithm_1: bool = True  # of method sot
    harmonise: bool = False  # for kinds that are harmonised


def draw_params(
    face: Face, occluder: Occluder | None, kind: str, profile: Profile, switches: Switches, streams: Streams
) -> Params:
    """Draw one sample of a kind of natocc/kinds.py.

    ``occluder`` is a cut-out, a texture for a kind of random shape, or None if nothing lies on the face.
    """
    row = kind_named(kind)
    if row.pool is None or occluder is None:
        return Params(kind=NONE)
    rng = streams.stage("face_jpeg")
    face_jpeg = _draw_quality(rng, profile) if rng.random() < profile.face_jpeg_probability else None
    shape = draw_shape(streams.stage("shape")) if row.random_shape else None
    params = Params(
        kind=kind,
        face_jpeg=face_jpeg,
        shape=shape,
        placement=choose_placement(face, occluder, shape, kind, profile, streams.stage("placement")),
        opacity=_draw_opacity(row, profile, streams.stage("opacity")),
        seam_blur=profile.seam_blur,
        harmonise=row.harmonised and switches.harmonise,
    )
    if row.colour_transfer and switches.transfer_strength > 0:
        transfer = draw_transfer(
            streams.stage("transfer"),
            switches.transfer_strength,
            switches.transfer_method,
            switches.contrast_guard,
            switches.algorithm_1,
        )
        params = replace(params, transfer=transfer)
    params = _draw_occluder_changes(params, profile, streams)
    return _draw_final(_draw_naturalness(params, face, profile, streams), profile, streams)


def _draw_opacity(kind: Kind, profile: Profile, rng: Generator) -> float:
    if kind.random_shape and rng.random() < profile.translucent_probability:
        return draw_range(rng, profile.translucent_opacity)
    return 1.0


def _draw_occluder_changes(params: Params, profile: Profile, streams: Streams) -> Params:
    """Row 6. Steps that are matched to the face are not drawn at random."""
    rng = streams.stage("blur")
    if not profile.sharpness and rng.random() < profile.blur_probability:
        params = replace(params, blur=draw_blur(rng, plain=profile.plain_blur))
    rng = streams.stage("jpeg")
    if not profile.history and rng.random() < profile.jpeg_probability:
        params = replace(params, jpeg=_draw_quality(rng, profile))
    if (rng := streams.stage("tone")).random() < profile.tone_probability:
        params = replace(params, tone=draw_tone(rng, profile.occluder_tone, by_mean=True))
    return params


def _draw_quality(rng: Generator, profile: Profile) -> int:
    low, high = profile.jpeg_quality
    return int(rng.integers(low, high + 1))


def _draw_naturalness(params: Params, face: Face, profile: Profile, streams: Streams) -> Params:
    """The profile's steps beyond the paper. A shadow falls away from the face's light."""
    light = estimate_light(face.image, face.mask) if profile.shadow else None
    return replace(
        params,
        light=draw_range(streams.stage("light"), _LIGHT_STRENGTH) if profile.light else None,
        sharpness=profile.sharpness,
        noise=draw_noise(streams.stage("noise")) if profile.noise else None,
        history=(params.face_jpeg or face.jpeg_quality) if profile.history else None,
        shadow=draw_shadow(streams.stage("shadow"), light) if profile.shadow else None,
    )


def _draw_final(params: Params, profile: Profile, streams: Streams) -> Params:
    rng = streams.stage("final_affine")
    if profile.final_affine and rng.random() < profile.affine_probability:
        scale = draw_scales(profile, rng)
        angle = draw_range(rng, profile.affine_rotation)
        shear = draw_range(rng, profile.affine_shear), draw_range(rng, profile.affine_shear)
        params = replace(params, final_affine=Affine(scale=scale, angle=angle, shear=shear))
    if (rng := streams.stage("final_blur")).random() < profile.blur_probability:
        params = replace(params, final_blur=draw_blur(rng, plain=profile.plain_blur))
    if (rng := streams.stage("final_tone")).random() < profile.tone_probability:
        params = replace(params, final_tone=draw_tone(rng, profile.final_tone, by_mean=False))
    return replace(params, final_flip=bool(streams.stage("final_flip").random() < profile.flip_probability))
