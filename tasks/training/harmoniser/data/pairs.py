"""Pairs of composite and real picture for training and testing a harmoniser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from natocc.geometry import Image
from natocc.harmonise.lift import to_working_size
from natocc.harmonise.recolour import draw_recolouring, recolour_region
from natocc.randomness import Streams
from tasks.training.harmoniser.data.checks import LARGEST, SMALLEST
from tasks.training.harmoniser.data.scenes import Scene, Scenes

_STREAM = "harmonizer"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CompositePair:
    """``composite`` and ``real`` RGB uint8 HxWx3, ``matte`` uint8 HxW; equal where the matte is 0."""

    name: str
    composite: Image
    real: Image
    matte: Image


class TrainingPairs:
    """Training pairs at working size; ``pair(step, place)`` depends only on seed, step and place.

    Each epoch has a new order. A view keeps at least the share ``crop`` of either side and is mirrored half
    the time; 1 leaves pictures unchanged, as published. Photographs without a composite are recoloured
    each time.
    """

    def __init__(self, scenes: Scenes, *, size: int, batch: int, seed: int, crop: float) -> None:
        self._scenes, self._size, self._batch, self._seed, self._crop = scenes, size, batch, seed, crop

    def batch(self, step: int) -> list[CompositePair]:
        """Return the pairs of one step."""
        return [self.pair(step, place) for place in range(self._batch)]

    def pair(self, step: int, place: int) -> CompositePair:
        """Return the pair at one place of a step's batch."""
        turn, number = divmod(step * self._batch + place, len(self._scenes))
        index = int(_order(self._seed, turn, len(self._scenes))[number])
        streams = Streams(self._seed, _STREAM, f"{step}/{place}")
        item = self._scenes.items[index]
        region = item.regions[int(streams.stage("region").integers(len(item.regions)))]
        scene = self._scenes.read(index, region)
        if self._crop < 1:
            scene = _view(scene, streams.stage("view"), self._crop)
        composite, real, matte = _working(scene, self._size)
        if composite is None:
            composite = recolour_region(real, matte, draw_recolouring(streams.stage("colours")))
        return CompositePair(name=item.name, composite=composite, real=real, matte=matte)


def held_out_pairs(scenes: Scenes, *, seed: int, views: int, most: int) -> Iterator[CompositePair]:
    """Yield held-out pairs at the size of ``scenes``, from at most ``most`` evenly spaced pictures.

    A photograph is recoloured ``views`` times; region and colours are drawn from ``seed`` and its name. A
    composite with its real picture is used once.
    """
    for index in _evenly(len(scenes), most):
        item = scenes.items[index]
        for view in range(views):
            streams = Streams(seed, f"{_STREAM}-held-out", f"{item.name}/{view}")
            region = item.regions[int(streams.stage("region").integers(len(item.regions)))]
            scene = scenes.read(index, region)
            composite = scene.composite
            if composite is None:
                colours = draw_recolouring(streams.stage("colours"))
                composite = recolour_region(scene.real, scene.matte, colours)
            yield CompositePair(
                name=f"{item.name} {region}", composite=composite, real=scene.real, matte=scene.matte
            )
            if scene.composite is not None:
                break


def _view(scene: Scene, rng: Generator, crop: float) -> Scene:
    """Return a crop, mirrored half the time; the whole if foreground or background is too small in it."""
    height, width = scene.matte.shape
    tall, wide = (min(side, max(1, round(side * rng.uniform(crop, 1.0)))) for side in (height, width))
    top, left = int(rng.integers(height - tall + 1)), int(rng.integers(width - wide + 1))
    mirrored = bool(rng.integers(2))
    rows, columns = slice(top, top + tall), slice(left, left + wide)
    if not SMALLEST <= float((scene.matte[rows, columns] > 127).mean()) <= LARGEST:
        rows, columns = slice(None), slice(None)

    def cut(image: Image) -> Image:
        part = image[rows, columns]
        return np.ascontiguousarray(part[:, ::-1] if mirrored else part)

    composite = None if scene.composite is None else cut(scene.composite)
    return Scene(real=cut(scene.real), matte=cut(scene.matte), composite=composite)


def _working(scene: Scene, size: int) -> tuple[Image | None, Image, Image]:
    """Return composite, real picture and matte at working size."""
    small = to_working_size(scene.real, scene.matte, size)
    if scene.composite is None:
        return None, small.composite, small.matte
    return to_working_size(scene.composite, scene.matte, size).composite, small.composite, small.matte


@lru_cache(maxsize=2)
def _order(seed: int, turn: int, count: int) -> NDArray[np.int64]:
    return Streams(seed, _STREAM, f"order {turn}").stage("order").permutation(count)


def _evenly(count: int, most: int) -> list[int]:
    if count <= most:
        return list(range(count))
    return [index * count // most for index in range(most)]
