from __future__ import annotations

from dataclasses import asdict

import cv2
import numpy as np
import pytest
from pydantic import TypeAdapter

from natocc.face import Face
from natocc.geometry import Box, Image, mask_box
from natocc.occluders.occluder import Layer
from natocc.photometric.light import Light
from natocc.photometric.shadow import Shadow, cast_shadow, draw_shadow
from tests.natocc.inputs import face, tall_face

DOWN = Shadow(offset=(0.0, 0.03), softness=0.02, strength=0.4)


def plain_face(size: tuple[int, int] = (400, 300), grey: int = 180) -> Face:
    """Grey skin all over but for a frame of hair."""
    mask = np.zeros(size, np.uint8)
    mask[size[0] // 8 : -size[0] // 8, size[1] // 8 : -size[1] // 8] = 1
    image = np.full((*size, 3), grey, np.uint8)
    return Face(image=image, mask=mask, parsing=None, box=mask_box(mask))


def layer_on(on: Face, box: Box) -> Layer:
    matte = np.zeros((box.height, box.width), np.uint8)
    cv2.ellipse(
        matte, (box.width // 2, box.height // 2), (box.width // 3, box.height // 3), 0, 0, 360, 255, -1
    )
    return Layer(box, np.zeros((box.height, box.width, 3), np.uint8), matte)


def under(on: Face, layer: Layer, params: Shadow) -> Image:
    """The whole picture with the shadow."""
    pixels, box, _ = cast_shadow(on, layer, params)
    picture = on.image.copy()
    picture[box.slices] = pixels
    return picture


def full_matte(on: Face, layer: Layer) -> Image:
    plane = np.zeros(on.size, np.uint8)
    plane[layer.box.slices] = layer.matte
    return plane


BOXES = [Box(100, 120, 200, 230), Box(0, 0, 90, 77), Box(151, 203, 190, 250)]


@pytest.mark.parametrize("seed", range(12))
def test_beyond_the_reach_not_a_level_changes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    params = Shadow(
        offset=(rng.uniform(-0.05, 0.05), rng.uniform(-0.05, 0.05)),
        softness=rng.uniform(0, 0.06),
        strength=1.0,
    )
    for on in (face(256), tall_face(), plain_face((640, 601))):
        height, width = on.size
        x, y = int(rng.integers(0, width - 40)), int(rng.integers(0, height - 40))
        layer = layer_on(on, Box(x, y, min(width, x + 90), min(height, y + 70)))
        _, box, reach = cast_shadow(on, layer, params)
        assert box == layer.box.grow(reach, on.size)
        side = 2 * reach + 1
        near = cv2.dilate((full_matte(on, layer) > 0).astype(np.uint8), np.ones((side, side), np.uint8))
        changed = cv2.absdiff(under(on, layer, params), on.image).max(2) > 0
        assert not changed[near == 0].any()
        assert not changed[on.mask == 0].any(), "hair and background get no shadow"


def test_it_is_darkest_at_the_occluder_and_fades_away_from_it() -> None:
    on = plain_face()
    layer = layer_on(on, BOXES[0])
    column = under(on, layer, DOWN)[:, 150, 1].astype(int)
    edge = 120 + 55 + 110 // 3
    outside = column[edge : edge + 60]
    assert 0.55 * 180 < outside[0] < 0.85 * 180
    assert (np.diff(outside) >= 0).all() and outside[-1] == 180
    above = column[:150][::-1]
    assert outside[0] < column[120 + 55 - 110 // 3 - 2] < 180, "less on the side that the light comes from"
    assert above[-1] == 180


@pytest.mark.parametrize("box", BOXES)
def test_no_hard_edge_shows_on_the_face_or_along_its_border(box: Box) -> None:
    on = plain_face((1000, 800))
    grown = Box(*(2 * side for side in (box.x0, box.y0, box.x1, box.y1)))
    shaded = under(on, layer_on(on, grown), DOWN).astype(int)[..., 1]
    assert max(np.abs(np.diff(shaded, axis=0)).max(), np.abs(np.diff(shaded, axis=1)).max()) <= 8


def test_strength_darkens_and_none_leaves_every_bit() -> None:
    on = face(256)
    layer = layer_on(on, Box(90, 90, 190, 190))
    shadows = [Shadow(offset=(0.0, 0.02), softness=0.02, strength=part) for part in (0.0, 0.15, 0.3, 0.45)]
    means = [float(under(on, layer, shadow).mean()) for shadow in shadows]
    assert means[0] == on.image.mean() and means == sorted(means, reverse=True) and means[3] < means[0]
    empty = Layer(layer.box, layer.rgb, layer.matte * 0)
    assert np.array_equal(under(on, empty, DOWN), on.image)
    nothing = Layer(Box(10, 10, 10, 10), layer.rgb[:0], layer.matte[:0])
    assert np.array_equal(under(on, nothing, DOWN), on.image)
    off_the_face = layer_on(on, Box(0, 0, 20, 20))
    assert np.array_equal(under(on, off_the_face, DOWN), on.image)


def test_a_shadow_on_grey_is_slightly_warm() -> None:
    on = plain_face()
    shaded = under(on, layer_on(on, BOXES[0]), DOWN)[190, 150].astype(int)
    assert shaded[0] > shaded[1] > shaded[2] and shaded[0] - shaded[2] < 15


def test_it_falls_to_the_other_side_of_the_light() -> None:
    drawn = [draw_shadow(np.random.default_rng(seed), Light(gx=0.9, gy=0.0)) for seed in range(60)]
    assert (
        np.mean([shadow.offset[0] for shadow in drawn]) < 0 < np.mean([shadow.offset[1] for shadow in drawn])
    )
    for light in (None, Light(gx=-0.5, gy=-0.5)):
        for seed in range(60):
            shadow = draw_shadow(np.random.default_rng(seed), light)
            assert shadow == draw_shadow(np.random.default_rng(seed), light)
            assert 0.01 < np.hypot(*shadow.offset) < 0.06 and 0.15 <= shadow.strength <= 0.45
            assert shadow.offset[1] > 0 or light is not None, "without a known light it falls downward"
    assert TypeAdapter(Shadow).validate_python(asdict(drawn[0])) == drawn[0]


@pytest.mark.parametrize("size", [(64, 64), (97, 250), (2048, 1100)])
def test_any_size_and_the_same_shadow_at_each(size: tuple[int, int]) -> None:
    on = plain_face(size)
    height, width = size
    layer = layer_on(on, Box(width // 4, height // 4, width * 3 // 4, height * 3 // 4))
    kept = on.image.copy()
    shaded = under(on, layer, DOWN)
    assert np.array_equal(on.image, kept), "the face handed over is not written to"
    assert np.array_equal(shaded, under(on, layer, DOWN))
    middle = shaded[height // 2, width // 2, 1]
    assert middle == pytest.approx(180 * 0.6, abs=3)


def test_the_shadow_of_an_arm_that_leaves_the_picture_goes_on_to_its_border() -> None:
    image, mask = np.full((300, 300, 3), 180, np.uint8), np.ones((300, 300), np.uint8)
    on = Face(image=image, mask=mask, parsing=None, box=Box(0, 0, 300, 300))
    arm = Layer(Box(120, 0, 180, 300), image[:, :60], np.full((300, 60), 255, np.uint8))
    shaded = under(on, arm, Shadow(offset=(0.05, 0.0), softness=0.03, strength=0.45))[:, 188, 0]
    assert shaded.max() - int(shaded.min()) <= 1 and shaded.max() < 150
