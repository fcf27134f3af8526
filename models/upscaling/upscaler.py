"""An upscaling network ready for use on pictures of any size."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from models.checkpoints.read import CheckpointSource, named, read_content
from models.device import choose_device, dtype_of, repeatable
from models.enlarging import EnlargingNetwork
from models.registry import NETWORKS, imported, networks_for
from models.upscaling.tile_runner import TileRunner, Tiling
from models.upscaling.tiles import Enlarged, TilePixels, enlarge_all

BATCH = 8
# On a GPU the sides of tiles are multiples of this, so that different pictures have tiles of equal size.
_ALIKE = 32


def tiling_of(network: EnlargingNetwork, *, tile: int = 256, batch: int = BATCH, multiple: int = 1) -> Tiling:
    """Return the network's tiling; a network of any size gets tiles of at most ``tile`` pixels.

    The sides of such tiles are multiples of ``multiple`` and of the network's ``fold``. Raises ValueError
    for an invalid tile.
    """
    low, high = network.value_range
    if network.tile_side is None:
        side, multiples = tile, max(network.fold, multiple)
    else:
        side, multiples = network.tile_side, None
    return Tiling(tile=side, multiple=multiples, factor=network.factor, low=low, high=high, batch=batch)


class NetworkUpscaler:
    """A network on its device: ``upscaler(pictures)`` enlarges each picture four times.

    ``batch`` is the current batch size in tiles. It is halved permanently when a GPU runs out of memory.
    On the CPU the batch size is 1, since CPU kernels round differently for other batch sizes: a
    picture's result never depends on the other pictures.
    """

    def __init__(
        self,
        network: EnlargingNetwork,
        *,
        device: str = "cpu",
        precision: str = "float32",
        batch: int = BATCH,
    ) -> None:
        """Take ownership of the network. Raises ValueError for an unavailable device or precision."""
        self._dtype = dtype_of(precision)
        self.device, self.precision = choose_device(device), precision
        if (self.device, precision) == ("cpu", "float16"):
            raise ValueError("--precision: expected float32 or bfloat16 on the cpu, got float16")
        self._network = network.to(self.device).eval().requires_grad_(False)
        alone = self.device == "cpu"
        tiling = tiling_of(network, batch=1 if alone else batch, multiple=1 if alone else _ALIKE)
        self._runner = TileRunner(self._mixed, tiling, self.device)

    @property
    def factor(self) -> int:
        """Factor of the network itself, before any resizing."""
        return self._runner.tiling.factor

    @property
    def batch(self) -> int:
        return self._runner.batch

    @property
    def smaller(self) -> bool:
        """True if the batch size was reduced because memory ran out."""
        return self._runner.batch < self._runner.tiling.batch

    def __call__(self, pictures: Sequence[TilePixels]) -> list[Enlarged]:
        """Enlarge each of ``pictures``, uint8 (H, W, 3), RGB, to uint8 (4H, 4W, 3), in order.

        Raises ValueError for other pictures, for results that are not finite, and if one tile does not
        fit into the device's memory.
        """
        try:
            with repeatable(self.device):
                return enlarge_all(pictures, self._runner)
        except torch.OutOfMemoryError as error:
            raise ValueError(
                f"{self.device}: expected memory for one tile of {self._runner.tiling.tile} pixels, got too "
                "little; use fewer --workers, or --device cpu"
            ) from error

    def _mixed(self, tiles: Tensor) -> Tensor:
        mixed = self.precision != "float32"
        with torch.autocast(self.device, self._dtype, enabled=mixed):
            result: Tensor = self._network(tiles)
        return result


def load_upscaler(
    source: CheckpointSource,
    kind: str,
    name: str | None = None,
    *,
    device: str = "cpu",
    precision: str = "float32",
) -> NetworkUpscaler:
    """Load an upscaler from a file's path or bytes; ``kind`` is its name in models/registry.py.

    Error messages start with ``name``.

    Raises FileNotFoundError, and ValueError for another kind and unless the file holds exactly its tensors.
    """
    name = named(source, name)
    upscalers = networks_for("upscaler")
    if kind not in upscalers:
        raise ValueError(f"{name}: expected a network that enlarges ({', '.join(upscalers)}), got {kind}")
    network = imported(NETWORKS[kind].loader)(read_content(source, name), name)
    return NetworkUpscaler(network, device=device, precision=precision)
