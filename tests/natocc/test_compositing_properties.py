"""What is composited is ``alpha · occluder + (1 - alpha) · clean`` to one level, whatever they are."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from natocc.compositing import blend
from natocc.geometry import Image
from natocc.occluders.occluder import Occluder, make_occluder
from natocc.profiles import PROFILES
from natocc.render.compose import Composite, render
from tests.natocc.scenes import (
    BARE,
    FORMS,
    LOOKS,
    OCCLUDERS,
    PLAIN,
    UNFINISHED,
    Scene,
    drawn,
    faces,
    occluders,
    picture,
    plane,
)


def mixed(over: Image, under: Image, alpha: Image) -> np.ndarray:
    weight = alpha[..., None] / 255
    return weight * over + (1 - weight) * under


def off_by(got: Image, expected: np.ndarray) -> float:
    return float(np.abs(got - expected).max(initial=0))


@settings(max_examples=120)
@given(
    st.integers(1, 90),
    st.integers(1, 90),
    st.sampled_from(LOOKS),
    st.sampled_from(LOOKS),
    st.sampled_from(FORMS),
    st.floats(0, 6),
    st.integers(0, 2**32 - 1),
)
def test_two_pictures_are_mixed_as_the_matte_says(
    height: int, width: int, over: str, under: str, form: str, softness: float, seed: int
) -> None:
    rng, size = np.random.default_rng(seed), (height, width)
    matte = plane(form, size, rng) * np.uint8(255)
    if softness > 0.3:
        matte = cv2.GaussianBlur(matte, (0, 0), softness)
    below, above = picture(under, size, rng), picture(over, size, rng)
    assert off_by(blend(below, above, matte), mixed(above, below, matte)) <= 1


def one_colour(kind: str, occluder: Occluder, colour: tuple[int, int, int]) -> Occluder:
    """The same outline in one colour."""
    rgb = np.full((*occluder.size, 3), colour, np.uint8)
    return make_occluder(rgb, None if occluder.alpha is None else np.ascontiguousarray(occluder.alpha[0]))


colours = st.tuples(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))


@st.composite
def bare_scenes(draw: st.DrawFn) -> Scene:
    """Any face and outline, without the steps that change colours or the finished picture."""
    kind, profile = draw(st.sampled_from(OCCLUDERS)), draw(st.sampled_from(sorted(PROFILES)))
    face, occluder = draw(faces()), draw(occluders(kind))
    assert occluder is not None
    same = BARE | UNFINISHED | {"transfer": None, "harmonise": False}
    params = draw(drawn(face, occluder, kind, PLAIN[profile], **same))
    return Scene(face, one_colour(kind, occluder, draw(colours)), params)


def made(scene: Scene) -> Composite:
    return render(scene.face, scene.occluder, scene.params)


@settings(max_examples=120)
@given(bare_scenes())
def test_a_sample_is_occluder_over_photograph_as_its_alpha_says(scene: Scene) -> None:
    assert scene.occluder is not None
    colour = scene.occluder.rgb[0][0, 0].astype(float)
    got = made(scene)
    assert np.array_equal(got.clean, scene.face.image)
    assert off_by(got.image, mixed(colour, got.clean, got.alpha)) <= 1


@settings(max_examples=80)
@given(bare_scenes(), st.sampled_from(LOOKS), st.integers(0, 2**32 - 1))
def test_what_lies_under_the_occluder_shows_through_by_what_alpha_leaves(
    scene: Scene, look: str, seed: int
) -> None:
    other = picture(look, scene.face.size, np.random.default_rng(seed))
    over_one = made(scene)
    over_other = made(replace(scene, face=replace(scene.face, image=other)))
    assert np.array_equal(over_one.alpha, over_other.alpha)
    apart = over_one.clean.astype(float) - over_other.clean
    shown = over_one.image.astype(float) - over_other.image
    assert np.abs(shown - (1 - over_one.alpha[..., None] / 255) * apart).max(initial=0) <= 2
