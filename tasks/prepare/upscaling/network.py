"""A worker's upscaling network: loaded once, checked, and run on the crops of a chunk."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from models.device import choose_device
from natocc.files.read import MOST_HASHED, read_within
from natocc.geometry import Image
from tasks.prepare.upscaling.choose import Upscaler

if TYPE_CHECKING:
    from models.upscaling.upscaler import NetworkUpscaler


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NetworkResult:
    """``pixels`` uint8 (4H, 4W, 3) of so many ``tiles``; ``factor`` is the network's own."""

    pixels: Image
    tiles: int
    factor: int
    # True if memory has run out so far, so that batches are smaller.
    smaller_batches: bool


def upscale_by_network(crops: Sequence[Image], upscaler: Upscaler) -> list[NetworkResult]:
    """Each crop, uint8 (H, W, 3), RGB, enlarged four times, in order.

    Raises ValueError if the weights have changed since they were chosen, or if the network's values are not
    finite.
    """
    network = _loaded(upscaler)
    try:
        results = network(crops)
    except ValueError as error:
        raise ValueError(f"--upscaler {upscaler.name} ({upscaler.path}): {error}") from error
    return [
        NetworkResult(
            pixels=result.pixels, tiles=result.tiles, factor=network.factor, smaller_batches=network.smaller
        )
        for result in results
    ]


def device_of(upscaler: Upscaler) -> str:
    """Load the network; returns the device that it runs on."""
    return _loaded(upscaler).device


def _loaded(upscaler: Upscaler) -> NetworkUpscaler:
    return _load(
        str(upscaler.path),
        str(upscaler.sha256),
        str(upscaler.network),
        choose_device(str(upscaler.device)),
        str(upscaler.precision),
    )


@lru_cache(maxsize=1)
def _load(path: str, sha256: str, network: str, device: str, precision: str) -> NetworkUpscaler:
    from models.upscaling.upscaler import load_upscaler

    data = read_within(path, MOST_HASHED)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ValueError(f"{path}: expected the weights of sha256 {sha256[:12]}, got others; run it again")
    return load_upscaler(data, network, path, device=device, precision=precision)
