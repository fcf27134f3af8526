"""Enlarge pictures of any size four times, tile by tile (specs 3.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from models.upscaling.tile_layout import TileSpan, spans
from models.upscaling.tile_runner import SCALE, TileRunner, Tiling

TilePixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Enlarged:
    """A picture enlarged four times, with the batch size that was used."""

    pixels: TilePixels
    tiles: int
    # The final batch size in tiles; smaller than requested if memory ran out.
    batch: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Grid:
    """Tiles of ``height`` by ``width`` pixels: one span per row and one per column."""

    height: int
    width: int
    rows: tuple[TileSpan, ...]
    columns: tuple[TileSpan, ...]


def enlarge_in_tiles(
    picture: TilePixels, network: Callable[[Tensor], Tensor], tiling: Tiling, *, device: str = "cpu"
) -> Enlarged:
    """Enlarge ``picture``, uint8 (H, W, 3), RGB, to uint8 (4H, 4W, 3); see ``enlarge_all``."""
    (result,) = enlarge_all([picture], TileRunner(network, tiling, device))
    return result


def enlarge_all(pictures: Sequence[TilePixels], runner: TileRunner) -> list[Enlarged]:
    """Enlarge each picture four times, in order; a batch may hold tiles of several pictures.

    The tiles of a picture depend only on its size. The result of a network with a factor other than 4 is
    resized. Memory holds one row of tiles in float, besides the pictures and their results. Raises
    ValueError for unsupported pictures and for results of another shape or with NaN.
    """
    for picture in pictures:
        if picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype != np.uint8 or 0 in picture.shape:
            raise ValueError(
                f"picture: expected uint8 of shape (H, W, 3), got {picture.dtype} of shape {picture.shape}"
            )
    grids = [_grid(picture, runner.tiling) for picture in pictures]
    # Tiles of equal size are grouped to fill batches.
    order = sorted(range(len(pictures)), key=lambda index: (grids[index].height, grids[index].width))
    results = runner.run(tile for index in order for tile in _cut(pictures[index], grids[index]))
    done = {
        index: Enlarged(
            pixels=_joined(results, grids[index], pictures[index].shape[0], pictures[index].shape[1]),
            tiles=len(grids[index].rows) * len(grids[index].columns),
            batch=runner.batch,
        )
        for index in order
    }
    return [done[index] for index in range(len(pictures))]


def _grid(picture: TilePixels, tiling: Tiling) -> _Grid:
    height, width = (tiling.side(length) for length in picture.shape[:2])
    rows, columns = (
        spans(length, side, min(tiling.overlap, side - 1), SCALE, tiling.margin)
        for length, side in zip(picture.shape[:2], (height, width), strict=True)
    )
    return _Grid(height=height, width=width, rows=rows, columns=columns)


def _cut(picture: TilePixels, grid: _Grid) -> Iterator[TilePixels]:
    """Yield the tiles row by row."""
    for row in grid.rows:
        strip = picture[row.source]
        for column in grid.columns:
            yield strip[:, column.source]


def _joined(results: Iterator[NDArray[np.float32]], grid: _Grid, height: int, width: int) -> TilePixels:
    """Blend the next tiles of ``results`` into one picture: uint8 (4 height, 4 width, 3)."""
    rows, columns = grid.rows, grid.columns
    large = np.empty((height * SCALE, width * SCALE, 3), np.uint8)
    side, left = grid.height * SCALE, columns[0].start
    band = np.zeros((side, (columns[-1].start + grid.width - left) * SCALE, 3), np.float32)
    inside = slice(-min(left, 0) * SCALE, (width - min(left, 0)) * SCALE)
    for index, row in enumerate(rows):
        for column in columns:
            place = (column.start - left) * SCALE
            share = row.share[:, None, None] * column.share[None, :, None]
            band[:, place : place + grid.width * SCALE] += next(results) * share
        # Rows of pixels above the next row of tiles are finished.
        end = rows[index + 1].start if index + 1 < len(rows) else height
        ready = (end - row.start) * SCALE
        # The margin above the picture is dropped.
        first, end = max(row.start, 0), max(end, 0)
        finished = band[(first - row.start) * SCALE : (end - row.start) * SCALE, inside]
        finished *= 255
        np.rint(finished, out=finished)
        large[first * SCALE : end * SCALE] = np.clip(finished, 0, 255, out=finished)
        band[: side - ready] = band[ready:].copy()
        band[max(side - ready, 0) :] = 0
    return large
