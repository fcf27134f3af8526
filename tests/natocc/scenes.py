"""Random faces, occluders and parameters for the property tests, as hypothesis strategies."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, get_args

import cv2
import numpy as np
import skimage.data
from hypothesis import strategies as st
from numpy.random import Generator

from natocc.face import Face
from natocc.geometry import Image, mask_box
from natocc.kinds import KINDS
from natocc.occluders.occluder import Occluder, make_occluder
from natocc.placement.affine import Placement
from natocc.profiles import PROFILES, Profile
from natocc.randomness import Streams
from natocc.render.draw import Switches, draw_params
from natocc.render.params import Affine, Params
from natocc.transfer.apply import Method
from tests.natocc.inputs import portrait

LOOKS = ("noise", "flat", "gradient", "photograph")
METHODS: tuple[Method, ...] = get_args(Method)
FORMS = ("ellipse", "blobs", "lines", "borders", "pixel")
NATURAL = ("light", "sharpness", "noise", "shadow", "history")
OCCLUDERS: tuple[str, ...] = tuple(kind for kind in KINDS if kind != "none")
# Every profile as it is, as it was published, and with every naturalness step.
PLAIN = {name: replace(one, **dict.fromkeys(NATURAL, False)) for name, one in PROFILES.items()}
FULL = replace(PROFILES["best"], name="full", **dict.fromkeys(NATURAL, True))
ALL: dict[str, Profile] = {**PROFILES, "full": FULL}
BARE = {"blur": None, "jpeg": None, "tone": None, "seam_blur": False}
UNFINISHED = {
    "face_jpeg": None,
    "final_affine": None,
    "final_blur": None,
    "final_tone": None,
    "final_flip": False,
}


@dataclass(frozen=True)
class Scene:
    """What ``render`` takes."""

    face: Face
    occluder: Occluder | None
    params: Params


def picture(look: str, size: tuple[int, int], rng: Generator) -> Image:
    """RGB uint8 of (height, width)."""
    height, width = size
    if look == "noise":
        return rng.integers(0, 256, (height, width, 3), np.uint8)
    if look == "flat":
        return np.full((height, width, 3), rng.integers(0, 256, 3), np.uint8)
    if look == "gradient":
        across, down, where = *rng.uniform(-200, 200, (2, 3)), np.indices(size) / max(size)
        levels = 128 + where[0][..., None] * down + where[1][..., None] * across
        return np.clip(levels, 0, 255).astype(np.uint8)
    photograph = portrait()[0][200:900, 200:900] if rng.random() < 0.5 else skimage.data.coffee()
    return cv2.resize(photograph, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8)


def plane(form: str, size: tuple[int, int], rng: Generator) -> Image:
    """A mask of 0 and 1 with at least one pixel."""
    height, width = size
    mask = np.zeros(size, np.uint8)

    def ellipse(share: float) -> None:
        x, y = rng.uniform(0.2, 0.8, 2) * (width, height)
        axes = [max(1, round(side * rng.uniform(share / 2, share))) for side in (width, height)]
        cv2.ellipse(mask, (round(x), round(y)), axes, rng.uniform(0, 180), 0, 360, 1, -1)

    if form == "ellipse":
        ellipse(0.4)
    elif form == "blobs":
        for _ in range(5):
            ellipse(0.12)
    elif form == "lines":
        for _ in range(3):
            ends = rng.integers(0, (width, height), (2, 2))
            cv2.line(mask, ends[0].tolist(), ends[1].tolist(), 1, int(rng.integers(1, 3)))
    elif form == "borders":
        mask[: height // 3], mask[:, -width // 4 :] = 1, 1
    else:
        mask[rng.integers(height), rng.integers(width)] = 1
    return mask


@st.composite
def faces(draw: st.DrawFn, least: int = 64, most: int = 150) -> Face:
    size = draw(st.integers(least, most)), draw(st.integers(least, most))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    mask = plane(draw(st.sampled_from(FORMS)), size, rng)
    return Face(
        image=picture(draw(st.sampled_from(LOOKS)), size, rng),
        mask=mask,
        parsing=np.where(mask > 0, rng.integers(1, 13, size), 0).astype(np.uint8),
        box=mask_box(mask),
    )


@st.composite
def occluders(draw: st.DrawFn, kind: str, looks: tuple[str, ...] = LOOKS) -> Occluder | None:
    if kind == "none":
        return None
    size = draw(st.integers(8, 180)), draw(st.integers(8, 180))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rgb = picture(draw(st.sampled_from(looks)), size, rng)
    if kind == "randocc":
        return make_occluder(rgb, None)
    matte = plane(draw(st.sampled_from(FORMS)), size, rng) * np.uint8(255)
    return make_occluder(rgb, cv2.GaussianBlur(matte, (3, 3), 0) if draw(st.booleans()) else matte)


@st.composite
def placements(draw: st.DrawFn, size: tuple[int, int]) -> Placement:
    """Anywhere on the picture or beside it, of any size, turned and sheared further than any profile does."""

    def number(low: float, high: float) -> float:
        return draw(st.floats(low, high))

    scale, aspect = 2 ** number(-6, 2), 2 ** number(-1, 1)
    return Placement(
        centre=(number(-0.5, 1.5) * size[1], number(-0.5, 1.5) * size[0]),
        scale=(scale * aspect, scale / aspect),
        angle=number(-180, 180),
        shear=(number(-30, 30), number(-30, 30)),
        facing=number(-180, 180),
    )


@st.composite
def drawn(
    draw: st.DrawFn, face: Face, occluder: Occluder | None, kind: str, profile: Profile, **changes: Any
) -> Params:
    """Parameters as ``draw_params`` draws them; in every fourth the occluder lies anywhere at all."""
    transfer, harmonise = draw(st.sampled_from((0.0, 0.6, 1.0))), draw(st.booleans())
    method = draw(st.sampled_from(METHODS))
    guard = draw(st.booleans())
    switches = Switches(
        transfer_strength=transfer, transfer_method=method, contrast_guard=guard, harmonise=harmonise
    )
    streams = Streams(draw(st.integers(0, 2**32 - 1)), kind, "0")
    params = draw_params(face, occluder, kind, profile, switches, streams)
    if params.placement is not None and draw(st.integers(0, 3)) == 3:
        params = replace(params, placement=draw(placements(face.size)))
    return replace(params, **changes)


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """Every profile and kind, every look of face and occluder."""
    kind, profile = draw(st.sampled_from(tuple(KINDS))), draw(st.sampled_from(sorted(ALL)))
    face, occluder = draw(faces()), draw(occluders(kind))
    return Scene(face, occluder, draw(drawn(face, occluder, kind, ALL[profile])))


def affines() -> st.SearchStrategy[Affine]:
    """Final affine changes as wide as the paper's."""
    pair = st.tuples(st.floats(0.8, 1.2), st.floats(0.8, 1.2))
    return st.builds(
        Affine,
        scale=pair,
        angle=st.floats(-15, 15),
        shear=st.tuples(st.floats(-8, 8), st.floats(-8, 8)),
    )
