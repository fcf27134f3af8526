"""Some samples of a feed, decoded and held, for validation and tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import torch

from models.segmenters.batches import Pictures
from natocc.geometry import Image
from natocc.masks.policy import FACE_CLASS_IDS
from tasks.training.segmenter.feed.open import Feed
from tasks.training.segmenter.feed.reading.index import FeedSample
from tasks.training.segmenter.feed.reading.target import LearntTarget


class PictureSet:
    """Some pictures that are decoded when they are asked for; as a whole they are held.

    ``decode`` takes numbers below ``count``.
    """

    def __init__(self, count: int, decode: Callable[[range], Pictures]) -> None:
        self._count, self._decode = count, decode
        self._whole: Pictures | None = None

    def __len__(self) -> int:
        return self._count

    def whole(self) -> Pictures:
        """All of them, decoded once."""
        if self._whole is None:
            self._whole = self._decode(range(self._count))
        return self._whole

    def part(self, numbers: range) -> Pictures:
        """Those of ``numbers`` alone; of pictures that are held, a view."""
        if self._whole is None and len(numbers) < self._count:
            return self._decode(numbers)
        held, chosen = self.whole(), slice(numbers.start, numbers.stop, numbers.step)
        return Pictures(images=held.images[chosen], masks=held.masks[chosen])


def pictures_of(feed: Feed, samples: Sequence[FeedSample], most: int) -> PictureSet:
    """``samples`` of a feed, at most ``most``, taken evenly. Masks are 1 where the face is visible."""
    step = max(1.0, len(samples) / most)
    taken = [samples[int(number * step)] for number in range(min(most, len(samples)))]

    def decode(numbers: range) -> Pictures:
        read = (feed.read(taken[number]) for number in numbers)
        pairs = ((one.image, visible_face(one.label, feed.target)) for one in read)
        return stacked(pairs, len(numbers), feed.size)

    return PictureSet(len(taken), decode)


def stacked(pairs: Iterable[tuple[Image, Image]], count: int, size: int) -> Pictures:
    """``count`` pairs of a picture, RGB uint8 (size, size, 3), and a mask, uint8 (size, size), together."""
    images = np.zeros((count, 3, size, size), np.uint8)
    masks = np.zeros((count, 1, size, size), np.uint8)
    for number, (image, mask) in enumerate(pairs):
        images[number], masks[number, 0] = image.transpose(2, 0, 1), mask
    return Pictures(images=torch.from_numpy(images), masks=torch.from_numpy(masks))


def visible_face(label: Image, target: LearntTarget) -> Image:
    """1 where a label is visible face, of a mask or of a parsing map."""
    face = np.isin(label, FACE_CLASS_IDS) if target == "parsing" else label == 1
    return np.asarray(face).view(np.uint8)
