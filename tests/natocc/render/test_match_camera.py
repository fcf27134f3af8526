from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from natocc.geometry import Box
from natocc.occluders.occluder import Layer
from natocc.photometric.light import Light
from natocc.photometric.noise import Grain, Noise, estimate_noise
from natocc.render.match_camera import Camera, light_layer, measure_face, photograph_layer, soften_edge
from natocc.render.params import Params
from tests.natocc.inputs import face

PLAIN = Params(kind="object")


def layer(side: int = 160) -> Layer:
    """A grey square with a hard matte and one vertical edge in it."""
    rgb = np.full((side, side, 3), 90, np.uint8)
    rgb[:, side // 2 :] = 160
    matte = np.zeros((side, side), np.uint8)
    matte[20:-20, 20:-20] = 255
    return Layer(Box(0, 0, side, side), rgb, matte)


def test_only_what_the_parameters_need_is_measured() -> None:
    assert measure_face(face(), PLAIN) == Camera()
    all_steps = replace(PLAIN, sharpness=True, noise=Noise(strength=1.0, seed=0), light=0.5)
    measured = measure_face(face(), all_steps)
    assert measured.blur is not None and measured.grain is not None and measured.light is not None


def test_the_edge_is_as_soft_as_the_face_s_or_as_the_paper_s() -> None:
    hard = layer()

    def soft(params: Params, blur: float) -> int:
        matte = soften_edge(hard, Camera(blur=blur), params).matte
        return int(np.count_nonzero((matte > 0) & (matte < 255)))

    sharpness = replace(PLAIN, sharpness=True)
    assert 0 < soft(sharpness, 0.7) < soft(sharpness, 2.5)
    assert soft(PLAIN, 0.7) == soft(PLAIN, 2.5) > 0, "5x5 whatever the face"


def test_light_turns_to_the_face_s_by_its_share() -> None:
    flat = replace(layer(), rgb=np.full((160, 160, 3), 120, np.uint8))
    camera = Camera(light=Light(gx=0.8, gy=0.0))
    assert light_layer(flat, camera, PLAIN) is flat

    def rise(share: float) -> float:
        lit = light_layer(flat, camera, replace(PLAIN, light=share)).rgb[80, :, 1].astype(float)
        return float(lit[139] - lit[20])

    assert rise(0.9) > rise(0.5) > 5


def test_noise_that_is_missing_is_added_and_both_measures_are_recorded() -> None:
    params = replace(PLAIN, noise=Noise(strength=1.0, seed=3))
    noisy, measured = photograph_layer(layer(), Camera(grain=Grain(sigma=5.0, size=0.8)), params)
    assert measured["face_noise"] == 5.0 and measured["occluder_noise"] == pytest.approx(0, abs=0.5)
    found = estimate_noise(noisy.rgb, (noisy.matte > 127).view(np.uint8))
    assert found is not None and found.sigma == pytest.approx(5, rel=0.3)


def test_a_sharper_occluder_is_blurred_and_a_softer_one_is_left() -> None:
    params = replace(PLAIN, sharpness=True)
    blurred, measured = photograph_layer(layer(), Camera(blur=2.5), params)
    assert set(measured) == {"face_blur", "occluder_blur"} and measured["face_blur"] == 2.5
    edge = np.diff(layer().rgb[80, :, 1].astype(int)).max()
    assert np.diff(blurred.rgb[80, :, 1].astype(int)).max() < edge / 3
    same, _ = photograph_layer(layer(), Camera(blur=0.0), params)
    assert np.array_equal(same.rgb, layer().rgb)


def test_the_jpeg_history_compresses_on_the_grid_of_the_picture() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (160, 160, 3), np.uint8)
    source = replace(layer(), rgb=noise)
    once, measured = photograph_layer(source, Camera(), replace(PLAIN, history=40))
    again, _ = photograph_layer(once, Camera(), replace(PLAIN, history=40))
    assert measured == {} and once.matte is source.matte

    def change(before: Layer, after: Layer) -> float:
        return float(np.abs(after.rgb.astype(int) - before.rgb.astype(int)).mean())

    assert change(once, again) < change(source, once) / 4, (
        "a second generation on the same grid changes little"
    )
