"""Inputs of the pixel tests: the portrait, a cut-out, a hand, a texture, each built once a process."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

from benchmarks import inputs
from natocc.face import Face, make_face
from natocc.geometry import Image
from natocc.harmonise.statistics import harmonise_statistics
from natocc.occluders.occluder import Occluder, make_occluder
from natocc.profiles import PROFILES
from natocc.randomness import Streams
from natocc.render.compose import Composite, render
from natocc.render.draw import Switches, draw_params
from natocc.render.params import Params


@cache
def portrait() -> tuple[Image, Image, Image]:
    """Photograph 1024², face mask and classes 512²."""
    image, mask = inputs.portrait()
    return image, mask, inputs.parsing()


@cache
def face(size: int = 256) -> Face:
    return make_face(*portrait(), long_side=size)


@cache
def tall_face(height: int = 250, width: int = 190) -> Face:
    """A face whose sides are no multiples of a coded block, and not equal."""
    image, mask, classes = portrait()
    cut = slice(0, 1024), slice(128, 128 + 1024 * width // height)
    half = slice(0, 512), slice(64, 64 + 512 * width // height)
    resized = cv2.resize(image[cut], (width, height), interpolation=cv2.INTER_AREA)
    planes = (np.ascontiguousarray(plane[half]) for plane in (mask, classes))
    return make_face(resized.astype(np.uint8), *planes, long_side=height)


@cache
def occluder(kind: str) -> Occluder | None:
    if kind == "none":
        return None
    if kind == "randocc":
        return make_occluder(dict(inputs.textures())["gravel"], None)
    return make_occluder(*(inputs.hand() if kind == "hand" else inputs.cup()))


def draw(on: Face, kind: str, profile: str = "best", sample: object = 0, **switches: object) -> Params:
    chosen = Switches(**switches)  # type: ignore[arg-type]
    streams = Streams(2, kind, str(sample))
    return draw_params(on, occluder(kind), kind, PROFILES[profile], chosen, streams)


def make(on: Face, params: Params) -> Composite:
    return render(on, occluder(params.kind), params, harmonise_statistics)


def lab(image: Image) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """CIE Lab of an RGB uint8 image, as float32."""
    return np.asarray(cv2.cvtColor((image / 255).astype(np.float32), cv2.COLOR_RGB2LAB))
