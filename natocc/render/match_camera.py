"""Match the occluder to the light, camera and file of the face's photograph.

Each step measures face and occluder and compensates for the difference (docs/naturalness.md). The face is
measured once for all steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from natocc.compositing import erode_matte, soften_matte
from natocc.face import Face
from natocc.occluders.occluder import Layer
from natocc.photometric.jpeg_history import compress_on_grid
from natocc.photometric.light import Light, estimate_light, shade
from natocc.photometric.noise import Grain, add_noise, estimate_noise
from natocc.photometric.sharpness import estimate_blur, match_sharpness, matte_sigma, soften_to
from natocc.photometric.windows import find_windows
from natocc.render.params import Params

Measured = Mapping[str, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """Measures of a mask's pixels. A measure that is not needed or cannot be estimated is None."""

    blur: float | None = None
    grain: Grain | None = None
    light: Light | None = None


def measure_face(face: Face, params: Params) -> Camera:
    """The measures of the face that the steps of ``params`` need."""
    windows = find_windows(face.image, face.mask) if params.sharpness or params.noise else None
    return Camera(
        blur=estimate_blur(face.image, face.mask, windows) if params.sharpness else None,
        grain=estimate_noise(face.image, face.mask, windows) if params.noise else None,
        light=estimate_light(face.image, face.mask) if params.light else None,
    )


def soften_edge(layer: Layer, face: Camera, params: Params) -> Layer:
    """Erode the layer's matte by a pixel, then make it as soft as the face's edges or the paper's."""
    if params.sharpness:
        return replace(layer, matte=soften_to(erode_matte(layer.matte), matte_sigma(face.blur)))
    return replace(layer, matte=soften_matte(layer.matte))


def light_layer(layer: Layer, face: Camera, params: Params) -> Layer:
    """Move the layer's light towards the face's by the share ``params.light`` of the difference."""
    if not params.light:
        return layer
    light = estimate_light(layer.rgb, layer.matte)
    return replace(layer, rgb=shade(layer.rgb, layer.matte, face.light, light, params.light))


def photograph_layer(layer: Layer, face: Camera, params: Params) -> tuple[Layer, Measured]:
    """Give the layer the face's blur, noise and JPEG compression, in this order.

    Also returns the measures for the record: sigmas in pixels and levels.
    """
    rgb = layer.rgb
    measured: dict[str, float | None] = {}
    if params.sharpness or params.noise:
        windows = find_windows(rgb, (layer.matte > 127).view("uint8"))
        if params.sharpness:
            blur = estimate_blur(rgb, layer.matte, windows)
            rgb = match_sharpness(rgb, face.blur, blur)
            measured |= {"face_blur": face.blur, "occluder_blur": blur}
        if params.noise is not None:
            grain = estimate_noise(rgb, layer.matte, windows)
            rgb = add_noise(rgb, face.grain, grain, params.noise)
            measured |= {"face_noise": _sigma(face.grain), "occluder_noise": _sigma(grain)}
    if params.history is not None:
        rgb = compress_on_grid(rgb, layer.box, params.history)
    return replace(layer, rgb=rgb), measured


def _sigma(grain: Grain | None) -> float | None:
    return None if grain is None else grain.sigma
