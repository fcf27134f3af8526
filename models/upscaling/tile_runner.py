"""Run a network on a sequence of tiles in batches that fit into memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

SCALE = 4
MARGIN = 8
# Overlap in pixels that suffices for a network of any tile size: border effects reach no further.
SHARED = 32
# Sigma of the low frequencies that keep the input's colours, in pixels of the result (specs 3.4).
SIGMA = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiling:
    """Tile size, factor, value range and batch size for a network."""

    # Side of a tile in pixels: fixed for GLEAN; for RRDBNet the largest side that fits into memory.
    tile: int
    # Smaller tiles have sides in multiples of this; None: the network has one fixed size.
    multiple: int | None = None
    # Factor by which the network enlarges a tile.
    factor: int = SCALE
    # The network's values of black and white: (-1, 1) for GLEAN, (0, 1) for RRDBNet.
    low: float = 0.0
    high: float = 1.0
    batch: int = 8
    # Restore the input picture's colours in the network's output.
    fix_colours: bool = True

    def __post_init__(self) -> None:
        for name in ("tile", "factor", "batch"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}: expected at least 1, got {getattr(self, name)}")
        if self.multiple is not None and (self.multiple < 1 or self.tile % self.multiple):
            raise ValueError(f"tile: expected a multiple of {self.multiple}, got {self.tile}")
        if not self.low < self.high:
            raise ValueError(f"high: expected more than low, {self.low}, got {self.high}")

    @property
    def overlap(self) -> int:
        """Smallest overlap of neighbours in pixels; at most ``SHARED`` for tiles of any size."""
        return self.tile // 4 if self.multiple is None else min(SHARED, self.tile // 2)

    @property
    def margin(self) -> int:
        """Mirrored pixels around the picture for a network of any size; 0 for a fixed size."""
        return 0 if self.multiple is None else min(MARGIN, self.tile // 4)

    def side(self, length: int) -> int:
        """Return the smallest tile side that covers ``length`` pixels without adding tiles."""
        if self.multiple is None:
            return self.tile
        whole = length + 2 * self.margin
        number = max(1, -(-(whole - self.overlap) // (self.tile - self.overlap)))
        least = whole if number == 1 else self.overlap + -(-(whole - self.overlap) // number)
        return min(self.tile, -(-least // self.multiple) * self.multiple)


class TileRunner:
    """``run`` enlarges tiles four times; ``batch`` is the current batch size."""

    def __init__(self, network: Callable[[Tensor], Tensor], tiling: Tiling, device: str) -> None:
        self._network, self.tiling, self._device = network, tiling, device
        self.batch = tiling.batch

    def run(self, tiles: Iterable[NDArray[np.uint8]]) -> Iterator[NDArray[np.float32]]:
        """Enlarge uint8 (height, width, 3) to float32 (4 height, 4 width, 3) in [0, 1], in order.

        Consecutive tiles of equal size share a batch. The batch size is halved permanently when the
        device runs out of memory. Raises ValueError for results of another shape or with NaN, and
        torch.OutOfMemoryError if a single tile does not fit.
        """
        for _, alike in groupby(tiles, key=lambda tile: tile.shape):
            while group := list(islice(alike, self.batch)):
                yield from self._all_of(group)

    def _all_of(self, group: list[NDArray[np.uint8]]) -> Iterator[NDArray[np.float32]]:
        while group:
            part = group[: self.batch]
            try:
                results = self._enlarged(np.stack(part))
            except torch.OutOfMemoryError:
                if len(part) == 1:
                    raise
                self.batch = len(part) // 2
                continue
            yield from results
            group = group[len(part) :]

    @torch.inference_mode()
    def _enlarged(self, taken: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        tiling = self.tiling
        small = torch.from_numpy(taken).to(self._device).permute(0, 3, 1, 2).float() / 255
        span = tiling.high - tiling.low
        large = self._network(small * span + tiling.low).float()
        expected = (*small.shape[:2], *(side * tiling.factor for side in small.shape[2:]))
        if large.shape != expected:
            raise ValueError(f"network: expected a result of shape {expected}, got {tuple(large.shape)}")
        if not torch.isfinite(large).all():
            raise ValueError("network: expected finite values, got NaN or infinite ones; check its weights")
        large = ((large - tiling.low) / span).clamp(0, 1)
        size = [side * SCALE for side in small.shape[2:]]
        if tiling.factor > SCALE:
            large = functional.interpolate(large, size=size, mode="area")
        elif tiling.factor < SCALE:
            large = functional.interpolate(large, size=size, mode="bicubic", align_corners=False)
        if tiling.fix_colours:
            large = recoloured(large, small)
        return list(large.clamp(0, 1).permute(0, 2, 3, 1).contiguous().cpu().numpy())


def recoloured(large: Tensor, small: Tensor) -> Tensor:
    """Return ``large`` with the low frequencies of ``small``, both float (N, 3, …).

    The low-pass filter is a Gaussian with sigma 8 at the large size. The difference is computed and
    smoothed at the small size, which is cheap, and then enlarged.
    """
    sigma = SIGMA * small.shape[-1] / large.shape[-1]
    difference = small - functional.interpolate(large, size=small.shape[-2:], mode="area")
    reach = int(3 * sigma)
    places = torch.arange(-reach, reach + 1, dtype=torch.float32, device=small.device)
    taps = torch.exp(-0.5 * (places / sigma) ** 2)
    taps = (taps / taps.sum()).expand(3, 1, 1, -1)
    padded = functional.pad(difference, (reach,) * 4, mode="replicate")
    smooth = functional.conv2d(functional.conv2d(padded, taps, groups=3), taps.mT, groups=3)
    return large + functional.interpolate(smooth, size=large.shape[-2:], mode="bilinear", align_corners=False)
