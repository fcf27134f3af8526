"""What tiling keeps whatever the picture's size, from one pixel on, and the network's tile and factor."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from models.upscaling.tile_runner import Tiling
from models.upscaling.tiles import enlarge_in_tiles

SIDES = st.integers(1, 300)
# One size alone, as GLEAN; any multiple, as RRDBNet.
TILINGS = st.sampled_from(
    [Tiling(tile=32), Tiling(tile=64), Tiling(tile=64, multiple=1), Tiling(tile=96, multiple=4)]
)


def _nearest(factor: int, gain: float = 1.0):
    def network(tiles: Tensor) -> Tensor:
        return functional.interpolate(tiles, scale_factor=float(factor), mode="nearest") * gain

    return network


@settings(max_examples=12)
@given(height=SIDES, width=SIDES, tiling=TILINGS, factor=st.sampled_from([4, 8]), fix=st.booleans())
@example(height=1, width=1, tiling=Tiling(tile=64), factor=4, fix=True)
@example(height=1, width=300, tiling=Tiling(tile=64, multiple=1), factor=8, fix=True)
@example(height=300, width=300, tiling=Tiling(tile=64), factor=4, fix=True)
def test_an_identity_leaves_every_pixel_in_its_place(
    height: int, width: int, tiling: Tiling, factor: int, fix: bool
) -> None:
    picture = np.random.default_rng(height * 301 + width).integers(0, 256, (height, width, 3), np.uint8)
    tiling = replace(tiling, factor=factor, fix_colours=fix)
    result = enlarge_in_tiles(picture, _nearest(factor), tiling)
    assert np.array_equal(result.pixels, picture.repeat(4, 0).repeat(4, 1))


@settings(max_examples=12)
@given(
    height=SIDES,
    width=SIDES,
    tiling=TILINGS,
    factor=st.sampled_from([1, 2, 4, 8]),
    colour=st.tuples(*[st.integers(0, 255)] * 3),
)
def test_a_flat_picture_stays_flat(
    height: int, width: int, tiling: Tiling, factor: int, colour: tuple[int, int, int]
) -> None:
    picture = np.full((height, width, 3), colour, np.uint8)
    # The network's own tint is taken back.
    result = enlarge_in_tiles(picture, _nearest(factor, gain=0.9), replace(tiling, factor=factor)).pixels
    assert result.shape == (4 * height, 4 * width, 3)
    assert np.abs(result.astype(int) - colour).max() <= 1


@settings(max_examples=12)
@given(height=SIDES, width=SIDES, tiling=TILINGS)
def test_a_slope_never_falls_on_its_way_up(height: int, width: int, tiling: Tiling) -> None:
    slope = np.linspace(0, 255, height)[:, None] * 0.5 + np.linspace(0, 255, width) * 0.5
    picture = np.rint(slope)[..., None].repeat(3, 2).astype(np.uint8)
    result = enlarge_in_tiles(picture, _nearest(4), tiling).pixels.astype(int)
    assert np.diff(result, axis=0).min(initial=0) >= 0
    assert np.diff(result, axis=1).min(initial=0) >= 0
