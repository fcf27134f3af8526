"""Some samples of a feed, decoded and held, for validation and tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from models.segmenters.batches import Pictures
from natocc.geometry import Image
from natocc.masks.policy import FACE_CLASS_IDS
from tasks.training.segmenter.feed.open import Feed
from tasks.training.segmenter.feed.reading.index import FeedSample
from tasks.training.segmenter.feed.reading.target import LearntTarget


def pictures_of(feed: Feed, samples: Sequence[FeedSample], most: int) -> Pictures:
    """Decode ``samples``, at most ``most`` of them, taken evenly. Masks are 1 where the face is visible."""
    step = max(1.0, len(samples) / most)
    taken = [samples[int(number * step)] for number in range(min(most, len(samples)))]
    images = np.zeros((len(taken), 3, feed.size, feed.size), np.uint8)
    masks = np.zeros((len(taken), 1, feed.size, feed.size), np.uint8)
    for number, sample in enumerate(taken):
        read = feed.read(sample)
        images[number] = read.image.transpose(2, 0, 1)
        masks[number, 0] = visible_face(read.label, feed.target)
    return Pictures(images=torch.from_numpy(images), masks=torch.from_numpy(masks))


def visible_face(label: Image, target: LearntTarget) -> Image:
    """1 where a label is visible face, of a mask or of a parsing map."""
    face = np.isin(label, FACE_CLASS_IDS) if target == "parsing" else label == 1
    return np.asarray(face).view(np.uint8)
