"""Pictures of any size, four times as large, by a network that takes tiles of one size (specs 3.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from models.spans import Span, spans
from models.tile_runner import MARGIN, SCALE, TileRunner, Tiling

Picture = NDArray[np.uint8]
Grid = tuple[tuple[Span, ...], tuple[Span, ...]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Enlarged:
    """A picture four times as large, and how it came about."""

    pixels: Picture
    tiles: int
    # Tiles at a time in the end; smaller than asked for where memory ran out.
    batch: int


def enlarge(
    picture: Picture, network: Callable[[Tensor], Tensor], tiling: Tiling, *, device: str = "cpu"
) -> Enlarged:
    """``picture``, uint8 (H, W, 3), RGB, as uint8 (4H, 4W, 3); see ``enlarge_all``."""
    (result,) = enlarge_all([picture], network, tiling, device=device)
    return result


def enlarge_all(
    pictures: Sequence[Picture], network: Callable[[Tensor], Tensor], tiling: Tiling, *, device: str = "cpu"
) -> Iterator[Enlarged]:
    """Each picture four times as large, in order; a batch may hold tiles of several pictures.

    ``network``: float (N, 3, tile, tile) to (N, 3, tile * factor, tile * factor), in its range. The
    result of another factor than 4 is resized. A row of tiles is held in float at a time, beside
    the picture and its result. Raises ValueError for another kind of picture and results of
    another shape or NaN.
    """
    for picture in pictures:
        if picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype != np.uint8 or 0 in picture.shape:
            raise ValueError(
                f"picture: expected uint8 of shape (H, W, 3), got {picture.dtype} of shape {picture.shape}"
            )
    if not pictures:
        return
    tiling = _fitted(tiling, max(max(picture.shape[:2]) for picture in pictures))
    grids = [_grid(picture, tiling) for picture in pictures]
    runner = TileRunner(network, tiling, device)
    results = runner.run(
        tile for picture, grid in zip(pictures, grids, strict=True) for tile in _cut(picture, grid)
    )
    for picture, grid in zip(pictures, grids, strict=True):
        pixels = _joined(results, grid, picture.shape[0], picture.shape[1], tiling.tile)
        yield Enlarged(pixels=pixels, tiles=len(grid[0]) * len(grid[1]), batch=runner.batch)


def _fitted(tiling: Tiling, longest: int) -> Tiling:
    """Smaller tiles for smaller pictures, if the network takes them."""
    if tiling.multiple is None:
        return tiling
    wanted = -(-(longest + 2 * MARGIN) // tiling.multiple) * tiling.multiple
    return replace(tiling, tile=min(tiling.tile, wanted))


def _grid(picture: Picture, tiling: Tiling) -> Grid:
    rows, columns = (
        spans(side, tiling.tile, tiling.overlap, SCALE, tiling.margin) for side in picture.shape[:2]
    )
    return rows, columns


def _cut(picture: Picture, grid: Grid) -> Iterator[Picture]:
    """The tiles, row by row."""
    rows, columns = grid
    for row in rows:
        strip = picture[row.source]
        for column in columns:
            yield strip[:, column.source]


def _joined(
    results: Iterator[NDArray[np.float32]], grid: Grid, height: int, width: int, tile: int
) -> Picture:
    """The next tiles of ``results``, faded into one another: uint8 (4 height, 4 width, 3)."""
    rows, columns = grid
    large = np.empty((height * SCALE, width * SCALE, 3), np.uint8)
    side, left = tile * SCALE, columns[0].start
    band = np.zeros((side, (columns[-1].start + tile - left) * SCALE, 3), np.float32)
    inside = slice(-min(left, 0) * SCALE, (width - min(left, 0)) * SCALE)
    for index, row in enumerate(rows):
        for column in columns:
            place = (column.start - left) * SCALE
            share = row.share[:, None, None] * column.share[None, :, None]
            band[:, place : place + side] += next(results) * share
        # What the next row of tiles does not bear on is finished.
        end = rows[index + 1].start if index + 1 < len(rows) else height
        ready = (end - row.start) * SCALE
        # A margin is above the picture.
        first, end = max(row.start, 0), max(end, 0)
        finished = band[(first - row.start) * SCALE : (end - row.start) * SCALE, inside]
        finished *= 255
        np.rint(finished, out=finished)
        large[first * SCALE : end * SCALE] = np.clip(finished, 0, 255, out=finished)
        band[: side - ready] = band[ready:].copy()
        band[max(side - ready, 0) :] = 0
    return large
