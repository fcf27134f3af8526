"""Batches of photographs with their small pictures; a pair depends on its step and place in the batch."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from numpy.random import Generator
from torch import Tensor

from natocc.geometry import Image
from natocc.randomness import Streams
from natocc.resize.bicubic import resize_bicubic
from tasks.training.upscaler.degradation import Degradation, DegradationKind, degrade, draw_degradation
from tasks.training.upscaler.photos_folder import Photo, PhotoReader

STREAM = "train-upscaler"
# Largest reduction of a crop; a reduced crop has sharper details than a crop at full size.
MOST_REDUCED = 4.0
# Positions tried per crop; sufficient share inside the matte; sufficient standard deviation in levels.
_TRIES, _INSIDE, _VARIED = 8, 0.95, 6.0
# Batches made ahead of the current one.
_AHEAD = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Sides of the small and of the large picture, in pixels."""

    small: int
    large: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Crop:
    """A square of a photograph, in its pixels, mirrored or not."""

    top: int
    left: int
    side: int
    mirrored: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DegradedPair:
    """A pair of square RGB uint8 pictures, with its crop and degradation."""

    small: Image
    large: Image
    crop: Crop
    degradation: Degradation | None


def make_pair(
    photo: Photo, read: PhotoReader, sizes: Sizes, kind: DegradationKind, streams: Streams
) -> DegradedPair:
    """Make a crop of the photograph and its small picture; the draws come from ``streams``."""
    rgb, matte = read(photo)
    crop = draw_crop(streams.stage("crop"), rgb, sizes.large, matte)
    square = rgb[crop.top : crop.top + crop.side, crop.left : crop.left + crop.side]
    if crop.mirrored:
        square = square[:, ::-1]
    large = resize_bicubic(square, sizes.large, sizes.large)
    how = (
        draw_degradation(streams.stage("degradation"), sizes.small, sizes.large) if kind == "blind" else None
    )
    return DegradedPair(small=degrade(large, sizes.small, how), large=large, crop=crop, degradation=how)


def draw_crop(rng: Generator, rgb: Image, least: int, matte: Image | None = None) -> Crop:
    """Draw a square with a side of ``least`` to four times ``least`` pixels; the ratio is log-uniform.

    ``rgb``: RGB uint8 (H, W, 3) with sides of at least ``least``; ``matte``: uint8 (H, W), the region to
    learn from. Up to eight positions are tried. The first position inside the matte that is not flat is
    used, otherwise the best of them.
    """
    shortest = min(rgb.shape[:2])
    most = min(MOST_REDUCED, shortest / least)
    side = min(shortest, round(least * most ** rng.random()))
    mirrored = bool(rng.random() < 0.5)
    tried: list[tuple[float, float, Crop]] = []
    for _ in range(_TRIES):
        top, left = (int(rng.integers(0, whole - side + 1)) for whole in rgb.shape[:2])
        square = np.s_[top : top + side, left : left + side]
        inside = 1.0 if matte is None else float((matte[square] > 127).mean())
        varied = float(rgb[square][:: max(1, side // 64), :: max(1, side // 64), 1].std())
        crop = Crop(top=top, left=left, side=side, mirrored=mirrored)
        tried.append((min(inside, _INSIDE), min(varied, _VARIED), crop))
        if inside >= _INSIDE and varied >= _VARIED:
            break
    return max(tried, key=lambda place: place[:2])[2]


class UpscalerBatches:
    """The batches of the steps ``first`` to ``steps`` - 1, prefetched by threads.

    A batch is (small, large), float32 (N, 3, S, S), RGB in [-1, 1]. It depends only on the seed and its
    step's number. Each epoch has a new order.
    """

    def __init__(
        self,
        photos: Sequence[Photo],
        read: PhotoReader,
        sizes: Sizes,
        kind: DegradationKind,
        *,
        batch: int,
        steps: int,
        first: int = 0,
        seed: int = 0,
        threads: int = 1,
    ) -> None:
        if not photos:
            raise ValueError("photos: expected at least one to train on, got none")
        self._photos, self._read, self._sizes, self._kind = photos, read, sizes, kind
        self._batch, self._steps, self._first = batch, steps, first
        self._seed, self._threads = seed, threads

    def __len__(self) -> int:
        return self._steps - self._first

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        waiting: deque[list[Future[DegradedPair]]] = deque()
        executor = ThreadPoolExecutor(self._threads)
        try:
            for step in range(self._first, self._steps):
                waiting.append([executor.submit(self.pair, step, index) for index in range(self._batch)])
                if len(waiting) > _AHEAD:
                    yield _stacked(waiting.popleft())
            while waiting:
                yield _stacked(waiting.popleft())
        finally:
            executor.shutdown(cancel_futures=True)

    def pair(self, step: int, index: int) -> DegradedPair:
        """Return the pair at place ``index`` of a step's batch."""
        streams = Streams(self._seed, STREAM, f"{step}.{index}")
        return make_pair(
            self._photo(step * self._batch + index), self._read, self._sizes, self._kind, streams
        )

    def _photo(self, place: int) -> Photo:
        round_, position = divmod(place, len(self._photos))
        order = Streams(self._seed, STREAM, f"round {round_}").stage("order").permutation(len(self._photos))
        return self._photos[int(order[position])]


def as_tensor(images: Sequence[Image]) -> Tensor:
    """Convert RGB uint8 pictures of one size to float32 (N, 3, H, W) in [-1, 1]."""
    stacked = torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).contiguous()
    return stacked.float() / 127.5 - 1


def as_images(tensor: Tensor) -> list[Image]:
    """Convert float (N, 3, H, W) in about [-1, 1] to RGB uint8 pictures, clipped and rounded."""
    levels = ((tensor.float() + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
    return list(levels.permute(0, 2, 3, 1).contiguous().cpu().numpy())


def _stacked(waiting: list[Future[DegradedPair]]) -> tuple[Tensor, Tensor]:
    pairs = [future.result() for future in waiting]
    return as_tensor([pair.small for pair in pairs]), as_tensor([pair.large for pair in pairs])
