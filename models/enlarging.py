"""Interface of networks that enlarge pictures in tiles."""

from __future__ import annotations

from torch import nn


class EnlargingNetwork(nn.Module):
    """Enlarges tiles by ``factor``.

    Input: float (N, 3, H, W), RGB. Output: float (N, 3, factor * H, factor * W), not clamped.
    """

    factor: int
    # Values of black and white.
    value_range: tuple[float, float] = (0.0, 1.0)
    # The only height and width that a tile can have; None: any size.
    tile_side: int | None = None
    # For tiles of any size: height and width are multiples of this.
    fold: int = 1
