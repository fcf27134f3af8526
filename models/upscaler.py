"""How each upscaling network is used on tiles."""

from __future__ import annotations

from models.glean import GLEAN
from models.rrdb import RRDBNet
from models.tile_runner import Tiling


def tiling_of(network: GLEAN | RRDBNet, *, tile: int = 256, batch: int = 8) -> Tiling:
    """The network's factor and range; ``tile`` pixels at most for RRDBNet, while GLEAN has its one size.

    Raises ValueError for a tile that RRDBNet cannot fold.
    """
    if isinstance(network, GLEAN):
        return Tiling(
            tile=network.config.in_size, factor=network.config.scale, low=-1.0, high=1.0, batch=batch
        )
    return Tiling(tile=tile, multiple=network.fold, factor=network.config.scale, batch=batch)
