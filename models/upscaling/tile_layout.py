"""Layout of overlapping tiles along one side of a picture, and their blending weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TileSpan:
    """One tile along one side, in pixels of the input picture."""

    # First pixel; negative if the tile starts outside the picture.
    start: int
    # int64 (tile,): the picture's pixel at each position, mirrored beyond the border.
    source: NDArray[np.int64]
    # float32 (tile * scale,): the tile's weight in the result; the weights of all spans add up to 1.
    share: NDArray[np.float32]


def spans(length: int, tile: int, overlap: int, scale: int, margin: int = 0) -> tuple[TileSpan, ...]:
    """Return tiles of ``tile`` pixels that cover ``length`` and overlap by at least ``overlap`` pixels.

    A side that fits into one tile is centred in it. Longer sides have evenly spaced tiles; the first and
    the last extend ``margin`` pixels beyond the border. In an overlap the weights are squared sines of
    squared sines (specs 3.4). Raises ValueError for an overlap that leaves no step, a margin as large as
    a tile, and sizes below 1.
    """
    if min(length, tile, scale) < 1 or not (0 <= overlap < tile and 0 <= margin < tile):
        raise ValueError(
            "spans: expected sizes from 1 on, overlap and margin below the tile, got length "
            f"{length}, tile {tile}, overlap {overlap}, scale {scale}, margin {margin}"
        )
    whole = length + 2 * margin
    if whole <= tile:
        starts = [-((tile - length) // 2)]
    else:
        number = -(-(whole - overlap) // (tile - overlap))
        starts = [round(index * (whole - tile) / (number - 1)) - margin for index in range(number)]
    ramps = [_fade(starts, index, tile, scale) for index in range(len(starts))]
    total = np.zeros((starts[-1] - starts[0] + tile) * scale, np.float32)
    for start, ramp in zip(starts, ramps, strict=True):
        total[(start - starts[0]) * scale :][: tile * scale] += ramp
    return tuple(
        TileSpan(
            start=start,
            source=mirrored(np.arange(start, start + tile), length),
            share=ramp / total[(start - starts[0]) * scale :][: tile * scale],
        )
        for start, ramp in zip(starts, ramps, strict=True)
    )


def mirrored(places: NDArray[np.int64], length: int) -> NDArray[np.int64]:
    """Mirror positions outside 0 … ``length`` - 1 at the border pixel; clip all if any is too far out."""
    beyond = max(-int(places.min()), int(places.max()) - length + 1)
    if beyond < length:
        places = np.abs(places)
        places = length - 1 - np.abs(length - 1 - places)
    return places.clip(0, length - 1)


def _fade(starts: list[int], index: int, tile: int, scale: int) -> NDArray[np.float32]:
    fade = np.ones(tile * scale, np.float32)
    for neighbour in (index - 1, index + 1):
        if 0 <= neighbour < len(starts):
            common = max(0, tile - abs(starts[index] - starts[neighbour])) * scale
            rise = (np.arange(common, dtype=np.float32) + 0.5) / max(common, 1)
            # Applied twice, so that pixels near a tile's border get very small weights.
            for _ in range(2):
                rise = np.sin(np.pi / 2 * rise) ** 2
            part = fade[:common] if neighbour < index else fade[::-1][:common]
            part *= rise
    return fade
