from __future__ import annotations

import cv2
import numpy as np
import pytest

from natocc.geometry import Box, Matrix, rotation, scaling, translation
from natocc.occluders.occluder import Layer, make_occluder, place, warp_occluder
from tests.natocc.inputs import occluder


def laid(matrix: Matrix, canvas: tuple[int, int] = (256, 256)) -> Layer:
    cup = occluder("object")
    assert cup is not None
    return place(cup, matrix, canvas)


def full(
    layer: Layer, canvas: tuple[int, int] = (256, 256)
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    matte = np.zeros(canvas, np.uint8)
    matte[layer.box.slices] = layer.matte
    return matte


@pytest.mark.parametrize("shrink", [0.9, 0.5, 0.26, 0.13, 0.06, 0.03])
def test_shrinking_turns_a_fine_pattern_into_grey_not_moire(shrink: float) -> None:
    check = max(1, round(0.3 / shrink))
    fine = ((np.indices((1024, 1024)) // check).sum(0) % 2 * 255).astype(np.uint8)
    side = int(1024 * shrink)
    matrix = translation(0.3, 0.3) @ scaling(shrink, shrink)
    texture = make_occluder(cv2.merge([fine] * 3).astype(np.uint8), None)
    inner = warp_occluder(texture, matrix, Box(0, 0, side, side))[3:-3, 3:-3, :3].astype(float)
    assert inner.mean() == pytest.approx(127.5, abs=4)
    if shrink < 0.5:
        assert inner.std() < 40


@pytest.mark.parametrize("scale", [1.0, 0.45, 0.2, 0.08, 0.03])
def test_a_cut_out_keeps_its_area_and_place_in_every_reduction(scale: float) -> None:
    cup = occluder("object")
    assert cup is not None and cup.alpha is not None
    source = cup.alpha[0] / 255
    matte = full(laid(translation(31.3, 40.6) @ scaling(scale, scale), (1100, 1100)), (1100, 1100)) / 255
    assert matte.sum() == pytest.approx(source.sum() * scale**2, rel=0.03)
    y, x = (np.indices(source.shape) * source).sum((1, 2)) / source.sum() * scale
    found = (np.indices(matte.shape) * matte).sum((1, 2)) / matte.sum()
    assert found == pytest.approx([y + 40.6, x + 31.3], abs=0.35)


def test_a_layer_is_what_one_warp_of_the_whole_canvas_gives() -> None:
    cup = occluder("object")
    assert cup is not None and cup.alpha is not None
    matrix = translation(-30, 70) @ rotation(33) @ scaling(0.8, 0.7)
    expected = cv2.warpAffine(cup.alpha[0], matrix[:2], (256, 256), flags=cv2.INTER_LINEAR)
    assert cv2.absdiff(full(laid(matrix)), expected).max() <= 1


def test_no_dark_seam_enters_the_colours_at_the_border_of_the_cut_out() -> None:
    grey = np.full((60, 60, 3), 130, np.uint8)
    layer = place(
        make_occluder(grey, np.full((60, 60), 255, np.uint8)), rotation(30) @ scaling(0.7, 0.7), (90, 90)
    )
    assert (layer.rgb == 130).all()


def test_a_cut_out_off_the_canvas_gives_an_empty_layer() -> None:
    layer = laid(translation(4000, 0))
    assert layer.box.empty and layer.matte.size == 0


def test_a_texture_cannot_be_placed_as_a_cut_out() -> None:
    gravel = occluder("randocc")
    assert gravel is not None
    with pytest.raises(ValueError, match="expected a cut-out with a matte, got a texture; use fill_shape"):
        place(gravel, scaling(1, 1), (64, 64))


def test_tiny_occluders_are_kept_as_they_are() -> None:
    speck = make_occluder(np.full((1, 2, 3), 9, np.uint8), np.full((1, 2), 255, np.uint8))
    assert speck.size == (1, 2) and len(speck.rgb) == 1
    assert full(place(speck, translation(10, 10) @ scaling(8, 8), (256, 256))).max() > 200
