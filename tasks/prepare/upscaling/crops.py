"""Enlarge crops of objects four times by the chosen upscaler."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from natocc.geometry import Image
from tasks.prepare.upscaling.choose import FACTOR, LANCZOS, SMALLER, Upscaler
from tasks.prepare.upscaling.network import NetworkResult, upscale_by_network

# The longest side that a network enlarges. For a longer crop, little more than half of the result would be
# kept, at the cost of many tiles.
NETWORK_SIDE = 512


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Enlargement:
    """``pixels`` uint8 (4H, 4W, 3); ``metadata`` records their origin in the object's ``json``.

    ``counted`` holds the names that the bank's index counts.
    """

    pixels: Image
    metadata: dict[str, object]
    counted: tuple[str, ...]


def enlarge_crops(crops: Sequence[Image], upscaler: Upscaler) -> Iterator[Enlargement]:
    """Each crop, uint8 (H, W, 3), RGB, enlarged, in order. A network takes them in batches.

    Crops with a side above ``NETWORK_SIDE`` are enlarged by Lanczos. Raises ValueError if a network's values
    are not finite.
    """
    short = [crop for crop in crops if upscaler.network and max(crop.shape[:2]) <= NETWORK_SIDE]
    results = iter(upscale_by_network(short, upscaler) if short else ())
    for crop in crops:
        if upscaler.network is None:
            yield Enlargement(pixels=lanczos(crop), metadata={"upscaler": LANCZOS}, counted=(LANCZOS,))
        elif max(crop.shape[:2]) <= NETWORK_SIDE:
            yield _by_network(next(results), upscaler)
        else:
            metadata: dict[str, object] = {"upscaler": LANCZOS, "instead_of": upscaler.name}
            yield Enlargement(pixels=lanczos(crop), metadata=metadata, counted=(LANCZOS,))


def lanczos(crop: Image) -> Image:
    """The crop enlarged four times by Lanczos over eight pixels; uint8 (4H, 4W, 3)."""
    size = crop.shape[1] * FACTOR, crop.shape[0] * FACTOR
    return cv2.resize(crop, size, interpolation=cv2.INTER_LANCZOS4).astype(np.uint8, copy=False)


def _by_network(result: NetworkResult, upscaler: Upscaler) -> Enlargement:
    metadata: dict[str, object] = {
        "upscaler": upscaler.name,
        "weights": str(upscaler.sha256)[:12],
        "tiles": result.tiles,
    }
    if result.factor != FACTOR:
        metadata["network_factor"] = result.factor
    smaller = (SMALLER,) if result.smaller_batches else ()
    return Enlargement(pixels=result.pixels, metadata=metadata, counted=(upscaler.name, *smaller))
