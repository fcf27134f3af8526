from __future__ import annotations

import math
from functools import cache

import cv2
import numpy as np
import pytest
import skimage.data
from hypothesis import given
from hypothesis import strategies as st

from natocc.geometry import Image
from natocc.photometric.light import Light, estimate_light, light_ramp, shade
from tests.natocc.inputs import face

PLAIN = Light(gx=0.0, gy=0.0)


@cache
def pictures() -> dict[str, Image]:
    return {
        "coffee": np.ascontiguousarray(skimage.data.coffee()[:300, 100:450]),
        "chelsea": np.ascontiguousarray(skimage.data.chelsea()),
        "grey": np.full((200, 260, 3), 110, np.uint8),
    }


def matte(image: Image) -> Image:
    height, width = image.shape[:2]
    plane = np.zeros((height, width), np.uint8)
    middle, half = (width // 2, height // 2), (width * 2 // 5, height * 2 // 5)
    return cv2.GaussianBlur(cv2.ellipse(plane, middle, half, 0, 0, 360, 255, -1), (5, 5), 0).astype(np.uint8)


def lit(image: Image, gx: float, gy: float) -> Image:
    """The picture under a ramp of so much across the ellipse of ``matte``."""
    height, width = image.shape[:2]
    x = (np.arange(width) / width - 0.5) / 0.8
    y = (np.arange(height) / height - 0.5) / 0.8
    gain = np.exp(gx * x + gy * y[:, None])
    return np.clip(image * 0.6 * gain[..., None], 0, 255).astype(np.uint8)


def known(image: Image) -> Light:
    light = estimate_light(image, matte(image))
    assert light is not None
    return light


@pytest.mark.parametrize("name", sorted(pictures()))
def test_light_from_a_side_is_measured_beside_the_pictures_own(name: str) -> None:
    own = known(lit(pictures()[name], 0, 0))
    for gx, gy in ((0.4, 0.0), (-0.4, 0.0), (0.0, 0.3), (0.3, -0.3)):
        seen = known(lit(pictures()[name], gx, gy))
        assert seen.gx - own.gx == pytest.approx(gx, abs=0.12) or abs(seen.gx) == 1
        assert seen.gy - own.gy == pytest.approx(gy, abs=0.12) or abs(seen.gy) == 1


def test_eyes_brows_and_a_spot_do_not_turn_the_light() -> None:
    spotted = lit(pictures()["grey"], 0.3, 0.0)
    cv2.circle(spotted, (90, 70), 15, (5, 5, 5), -1)
    cv2.circle(spotted, (170, 130), 12, (250, 250, 250), -1)
    assert known(spotted).gx == pytest.approx(0.3, abs=0.05)
    assert known(spotted).gy == pytest.approx(0.0, abs=0.05)


def test_a_mirrored_face_is_lit_from_the_other_side() -> None:
    on = face(512)
    light = estimate_light(on.image, on.mask)
    mirrored = estimate_light(np.ascontiguousarray(on.image[:, ::-1]), np.ascontiguousarray(on.mask[:, ::-1]))
    assert light is not None and mirrored is not None
    assert mirrored.gx == pytest.approx(-light.gx, abs=0.06)
    assert mirrored.gy == pytest.approx(light.gy, abs=0.06)


@pytest.mark.parametrize("name", sorted(pictures()))
@pytest.mark.parametrize("towards", [Light(gx=0.5, gy=0.0), Light(gx=-0.5, gy=-0.2)])
def test_the_occluder_turns_towards_the_faces_light(name: str, towards: Light) -> None:
    thing = lit(pictures()[name], 0, 0)
    own = known(thing)
    shaded = shade(thing, matte(thing), towards, own, 0.8)
    after = known(shaded)
    assert abs(after.gx - towards.gx) < 0.75 * abs(own.gx - towards.gx) + 0.05
    assert np.sign(after.gx - own.gx) == np.sign(towards.gx - own.gx), (
        "lit from the left stays lit from the left"
    )
    # What is lit as the face is needs next to nothing.
    aligned = known(shade(thing, matte(thing), own, own, 1.0))
    assert aligned == own


@given(
    st.floats(-1, 1),
    st.floats(-1, 1),
    st.floats(-1, 1),
    st.floats(-1, 1),
    st.floats(0, 1),
    st.sampled_from(sorted(pictures())),
)
def test_gain_and_mean_keep_their_bounds(
    a: float, b: float, c: float, d: float, strength: float, name: str
) -> None:
    thing = pictures()[name]
    plane = matte(thing)
    shaded = shade(thing, plane, Light(gx=a, gy=b), Light(gx=c, gy=d), strength)
    before, after = (cv2.cvtColor(one, cv2.COLOR_RGB2GRAY)[plane > 127].mean() for one in (thing, shaded))
    assert abs(before - after) < 2
    assert (shaded >= np.floor(thing * 0.6 - 1)).all() and (shaded <= np.ceil(thing * 1.5 + 1)).all()


def test_the_turn_is_bounded_monotone_and_nothing_where_unknown() -> None:
    ramps = [light_ramp(Light(gx=value, gy=0.0), PLAIN, 0.7)[0] for value in (-1, -0.5, 0, 0.3, 1)]
    assert ramps == sorted(ramps) and math.isclose(ramps[0], -ramps[-1])
    assert sum(map(abs, light_ramp(Light(gx=1.0, gy=-1.0), Light(gx=-1.0, gy=1.0), 1.0))) <= 0.7 + 1e-9
    assert (
        light_ramp(None, PLAIN, 1)
        == light_ramp(PLAIN, None, 1)
        == light_ramp(Light(gx=0.02, gy=0.0), PLAIN, 1)
        == (0, 0)
    )


def test_nothing_to_turn_leaves_every_bit() -> None:
    thing = pictures()["coffee"]
    for strength, light in ((0.0, Light(gx=0.9, gy=0.9)), (1.0, PLAIN), (1.0, None)):
        assert shade(thing, matte(thing), light, PLAIN, strength) is thing
    empty = matte(thing) * 0
    assert shade(thing, empty, Light(gx=0.9, gy=0.0), PLAIN, 1.0) is thing
    assert estimate_light(thing, empty) is None


@pytest.mark.parametrize("grey", [0, 100, 255])
def test_a_ramp_on_grey_is_smooth(grey: int) -> None:
    plain = np.full((200, 260, 3), grey, np.uint8)
    shaded = shade(plain, matte(plain), Light(gx=0.5, gy=0.5), PLAIN, 1.0)
    steps = np.abs(np.diff(shaded.astype(int), axis=1))
    assert steps.max() <= 1 and np.ptp(shaded, axis=2).max() == 0


@pytest.mark.parametrize("size", [(1, 1), (3, 40), (64, 64), (97, 250), (2048, 300)])
def test_any_size(size: tuple[int, int]) -> None:
    thing = cv2.resize(pictures()["coffee"], size[::-1]).astype(np.uint8)
    full = np.full(size, 255, np.uint8)
    light = estimate_light(thing, full)
    assert (light is None) == (min(size) < 4)
    shaded = shade(thing, full, Light(gx=-0.5, gy=0.1), light, 1.0)
    assert shaded.shape == thing.shape and shaded.dtype == np.uint8
    assert np.array_equal(shaded, shade(thing, full, Light(gx=-0.5, gy=0.1), light, 1.0))
