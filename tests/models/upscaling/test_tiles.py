from __future__ import annotations

import tracemalloc
from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from models.upscaling.tile_runner import TileRunner, Tiling
from models.upscaling.tiles import enlarge_all, enlarge_in_tiles

FIXED = Tiling(tile=32, batch=3)
ANY = Tiling(tile=32, multiple=4, batch=3)


def _nearest(factor: int):
    return lambda tiles: functional.interpolate(tiles, scale_factor=float(factor), mode="nearest")


def _blocks(picture: np.ndarray) -> np.ndarray:
    return picture.repeat(4, 0).repeat(4, 1)


def _noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


@settings(max_examples=30)
@example(height=17, width=18, fixed=False, batch=3)  # the second tile begins in the margin
@given(height=st.integers(1, 90), width=st.integers(1, 90), fixed=st.booleans(), batch=st.integers(1, 5))
def test_an_identity_leaves_every_pixel_in_its_place(
    height: int, width: int, fixed: bool, batch: int
) -> None:
    picture = _noise(height, width)
    result = enlarge_in_tiles(picture, _nearest(4), replace(FIXED if fixed else ANY, batch=batch))
    assert result.pixels.dtype == np.uint8 and np.array_equal(result.pixels, _blocks(picture))


@pytest.mark.parametrize("low", [0.0, -1.0])
@pytest.mark.parametrize("factor", [1, 2, 4, 8])
def test_flat_and_sloping_pictures_show_no_seam(factor: int, low: float) -> None:
    tiling = replace(FIXED, factor=factor, low=low)
    flat = np.full((75, 110, 3), (3, 128, 255), np.uint8)
    assert np.array_equal(enlarge_in_tiles(flat, _nearest(factor), tiling).pixels, _blocks(flat))
    across = np.linspace(0, 255, 110)[None, :, None]
    down = np.linspace(0, 255, 75)[:, None, None]
    slope = np.rint(np.concatenate([across + 0 * down, down + 0 * across, (across + down) / 2], 2)).astype(
        np.uint8
    )
    got = enlarge_in_tiles(slope, _nearest(factor), tiling).pixels.astype(int)
    whole = (
        _blocks(slope) if factor >= 4 else cv2.resize(slope, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    )
    # Away from the border of the picture itself, where resizing by another rule differs.
    inner = (slice(8, -8), slice(8, -8)) if factor < 4 else (slice(None), slice(None))
    # Nearest x2 is resized in steps of half a pixel of the slope, 2 to 4 levels each.
    limit = 1 if factor != 2 else 2
    assert np.abs(got - whole)[inner].max() <= limit


def test_a_network_that_is_wrong_at_its_borders_shows_no_edge() -> None:
    """Each tile comes back darker towards its border, as zero padding makes it."""

    def darker(tiles: Tensor) -> Tensor:
        large = _nearest(4)(tiles)
        frame = torch.ones_like(large) * 0.9
        frame[..., 8:-8, 8:-8] = 1
        return large * frame

    flat = np.full((100, 100, 3), 200, np.uint8)
    got = enlarge_in_tiles(flat, darker, replace(FIXED, fix_colours=False)).pixels[40:-40, 40:-40].astype(int)
    assert np.abs(got - 200).max() <= 6
    assert max(np.abs(np.diff(got, axis=axis)).max() for axis in (0, 1)) <= 2


def test_tints_of_the_network_are_taken_back_and_its_detail_kept() -> None:
    generator = torch.Generator().manual_seed(0)
    detail = torch.randint(-1, 2, (1, 3, 128, 128), generator=generator) * 0.04
    detail -= functional.interpolate(functional.avg_pool2d(detail, 4), scale_factor=4.0)

    def tinted(tiles: Tensor) -> Tensor:
        return _nearest(4)(tiles) * 0.8 + torch.tensor([0.1, 0.0, 0.05])[:, None, None] + detail

    flat = np.full((32, 32, 3), (90, 140, 200), np.uint8)
    plain = enlarge_in_tiles(flat, tinted, replace(FIXED, fix_colours=False)).pixels.astype(float)
    fixed = enlarge_in_tiles(flat, tinted, FIXED).pixels.astype(float)
    assert np.abs(plain.mean((0, 1)) - (90, 140, 200)).min() > 4
    assert np.abs(fixed.mean((0, 1)) - (90, 140, 200)).max() < 0.1
    kept = fixed - fixed.mean((0, 1))
    assert np.abs(kept - detail[0].permute(1, 2, 0).numpy() * 255).max() < 1.2


def test_a_large_picture_is_made_row_by_row_of_tiles() -> None:
    picture = np.zeros((8000, 40, 3), np.uint8)
    picture[:, :, 0] = (np.arange(8000) % 251)[:, None]
    tiling = Tiling(tile=64, batch=4)
    tracemalloc.start()
    try:
        result = enlarge_in_tiles(picture, _nearest(4), tiling)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert np.array_equal(result.pixels, _blocks(picture)) and result.tiles == 167
    # The result, and a few tiles in float; all tiles at once would be 130 MB.
    assert peak - result.pixels.nbytes < 12e6


def test_a_batch_holds_tiles_of_several_pictures() -> None:
    sizes: list[int] = []

    def watched(tiles: Tensor) -> Tensor:
        sizes.append(len(tiles))
        return _nearest(4)(tiles)

    pictures = [_noise(20, 30), _noise(1, 1), _noise(50, 20), _noise(9, 32)]
    results = enlarge_all(pictures, TileRunner(watched, FIXED, "cpu"))
    assert sizes == [3, 2] and [result.tiles for result in results] == [1, 1, 2, 1]
    assert all(np.array_equal(r.pixels, _blocks(p)) for r, p in zip(results, pictures, strict=True))
    assert enlarge_all([], TileRunner(watched, FIXED, "cpu")) == []


def test_tiles_are_no_larger_than_the_picture_needs_where_the_network_takes_any() -> None:
    sizes: list[tuple[int, ...]] = []

    def watched(tiles: Tensor) -> Tensor:
        sizes.append(tuple(tiles.shape[2:]))
        return _nearest(4)(tiles)

    for height, width in ((5, 3), (60, 300)):
        enlarge_in_tiles(_noise(height, width), watched, replace(ANY, tile=256, batch=1))
    enlarge_in_tiles(_noise(5, 3), watched, FIXED)
    # A margin of 8 all round; two tiles for 300 share 32 pixels, and are not 256 wide.
    assert sizes == [(24, 20), (76, 176), (76, 176), (32, 32)]


def test_a_picture_is_cut_the_same_way_whatever_comes_with_it() -> None:
    cut: list[bytes] = []

    def watched(tiles: Tensor) -> Tensor:
        cut.extend(tile.numpy().tobytes() for tile in tiles)
        return _nearest(4)(tiles)

    pictures = [_noise(40, 30), _noise(9, 12), _noise(40, 70), _noise(30, 40)]
    together = enlarge_all(pictures, TileRunner(watched, ANY, "cpu"))
    beside = sorted(cut)
    cut.clear()
    alone = [enlarge_in_tiles(picture, watched, ANY) for picture in pictures]
    assert sorted(cut) == beside and len(cut) == sum(one.tiles for one in alone) > 4
    for one, other, picture in zip(together, alone, pictures, strict=True):
        assert np.array_equal(one.pixels, other.pixels) and np.array_equal(one.pixels, _blocks(picture))


def test_out_of_memory_makes_the_batch_smaller_and_says_so() -> None:
    def hungry(tiles: Tensor) -> Tensor:
        if len(tiles) > 2:
            raise torch.OutOfMemoryError
        return _nearest(4)(tiles)

    picture = _noise(100, 100)
    result = enlarge_in_tiles(picture, hungry, replace(FIXED, batch=7))
    assert result.batch == 1 and np.array_equal(result.pixels, _blocks(picture))
    assert enlarge_in_tiles(picture, _nearest(4), replace(FIXED, batch=7)).batch == 7

    def too_much(tiles: Tensor) -> Tensor:
        raise torch.OutOfMemoryError

    with pytest.raises(torch.OutOfMemoryError):
        enlarge_in_tiles(picture, too_much, FIXED)


def test_wrong_pictures_networks_and_options_are_refused() -> None:
    picture = _noise(8, 8)
    for wrong in (picture[..., 0], picture.astype(float), picture[:0], picture[..., :2]):
        with pytest.raises(ValueError, match=r"picture: expected uint8 of shape \(H, W, 3\)"):
            enlarge_in_tiles(wrong, _nearest(4), FIXED)
    with pytest.raises(
        ValueError, match=r"expected a result of shape \(1, 3, 128, 128\), got \(1, 3, 64, 64\)"
    ):
        enlarge_in_tiles(picture, _nearest(2), FIXED)
    with pytest.raises(ValueError, match="got NaN or infinite ones; check its weights"):
        enlarge_in_tiles(picture, lambda tiles: _nearest(4)(tiles) * float("nan"), FIXED)
    with pytest.raises(ValueError, match="batch: expected at least 1, got 0"):
        replace(FIXED, batch=0)
    with pytest.raises(ValueError, match="tile: expected a multiple of 5, got 32"):
        replace(FIXED, multiple=5)
    with pytest.raises(ValueError, match=r"high: expected more than low, 2\.0, got 1\.0"):
        replace(FIXED, low=2.0)
