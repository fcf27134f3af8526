"""What a network has to be so that it can enlarge pictures in tiles."""

from __future__ import annotations

from torch import nn


class EnlargingNetwork(nn.Module):
    """Tiles ``factor`` times as large.

    Input: float (N, 3, H, W), RGB. Output: float (N, 3, factor * H, factor * W), not clamped.
    """

    factor: int
    # Black and white.
    value_range: tuple[float, float] = (0.0, 1.0)
    # The only height and width of its tiles; None where it takes any.
    tile_side: int | None = None
    # Where it takes any, height and width are multiples of this.
    fold: int = 1
