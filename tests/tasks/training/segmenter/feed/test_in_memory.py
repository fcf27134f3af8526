from __future__ import annotations

from pathlib import Path

import numpy as np

from models.segmenters.metrics import FACE_CLASSES
from natocc.masks.policy import CLASS_IDS, FACE_PARTS
from tasks.training.segmenter.feed.in_memory import pictures_of, visible_face
from tests.tasks.training.segmenter.feed.feeds import feed_of, version


def test_pictures_are_taken_evenly(tmp_path: Path) -> None:
    feed = feed_of(version(tmp_path))
    whole, some = (pictures_of(feed, feed.training, most) for most in (100, 3))
    assert whole.images.shape == (6, 3, 16, 16) and whole.masks.shape == (6, 1, 16, 16)
    assert len(some) == 3 and (some.images == whole.images[::2]).all()
    assert len(pictures_of(feed, (), 3)) == 0


def test_the_parts_of_a_face_are_face() -> None:
    assert sorted(CLASS_IDS[part] for part in FACE_PARTS) == list(FACE_CLASSES)
    labels = np.arange(20, dtype=np.uint8)[None]
    assert np.flatnonzero(visible_face(labels, "parsing")).tolist() == list(FACE_CLASSES)
    assert visible_face(np.array([[0, 1, 255]], np.uint8), "mask").tolist() == [[0, 1, 0]]
