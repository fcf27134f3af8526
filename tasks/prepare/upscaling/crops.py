"""Crops of objects, four times as large, by the upscaler that was chosen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from natocc.geometry import Image
from tasks.prepare.upscaling.choose import FACTOR, LANCZOS, SMALLER, Upscaler
from tasks.prepare.upscaling.network import NetworkResult, upscale_by_network

# Longest side of what a network is asked to enlarge: of a longer crop little more than half its
# result would be kept, at the cost of many tiles.
NETWORK_SIDE = 512


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Enlargement:
    """``pixels`` uint8 (4H, 4W, 3); ``facts`` say how for the object's ``json``.

    ``counted`` names what the bank's index counts.
    """

    pixels: Image
    facts: dict[str, object]
    counted: tuple[str, ...]


def enlarge_crops(crops: Sequence[Image], upscaler: Upscaler) -> Iterator[Enlargement]:
    """Each crop, uint8 (H, W, 3), RGB, in order; a network takes them together, Lanczos one by one.

    A network is left out where the longer side is above ``NETWORK_SIDE``. Raises ValueError where a
    network gives values that are not finite.
    """
    short = [crop for crop in crops if upscaler.network and max(crop.shape[:2]) <= NETWORK_SIDE]
    results = iter(upscale_by_network(short, upscaler) if short else ())
    for crop in crops:
        if upscaler.network is None:
            yield Enlargement(pixels=lanczos(crop), facts={"upscaler": LANCZOS}, counted=(LANCZOS,))
        elif max(crop.shape[:2]) <= NETWORK_SIDE:
            yield _by_network(next(results), upscaler)
        else:
            facts: dict[str, object] = {"upscaler": LANCZOS, "instead_of": upscaler.name}
            yield Enlargement(pixels=lanczos(crop), facts=facts, counted=(LANCZOS,))


def lanczos(crop: Image) -> Image:
    """Four times as large by Lanczos over eight pixels, uint8 (H, W, 3), without a network."""
    size = crop.shape[1] * FACTOR, crop.shape[0] * FACTOR
    return cv2.resize(crop, size, interpolation=cv2.INTER_LANCZOS4).astype(np.uint8, copy=False)


def _by_network(result: NetworkResult, upscaler: Upscaler) -> Enlargement:
    facts: dict[str, object] = {
        "upscaler": upscaler.name,
        "weights": str(upscaler.sha256)[:12],
        "tiles": result.tiles,
    }
    if result.factor != FACTOR:
        facts["network_factor"] = result.factor
    smaller = (SMALLER,) if result.smaller_batches else ()
    return Enlargement(pixels=result.pixels, facts=facts, counted=(upscaler.name, *smaller))
