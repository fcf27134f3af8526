from __future__ import annotations

from pathlib import Path

import numpy as np

from models.segmenters.batches import Pictures
from models.segmenters.metrics import FACE_CLASSES
from natocc.masks.policy import CLASS_IDS, FACE_PARTS
from tasks.training.segmenter.feed.in_memory import PictureSet, pictures_of, stacked, visible_face
from tests.tasks.training.segmenter.feed.feeds import feed_of, version


def test_pictures_are_taken_evenly(tmp_path: Path) -> None:
    feed = feed_of(version(tmp_path))
    whole, some = (pictures_of(feed, feed.training, most).whole() for most in (100, 3))
    assert whole.images.shape == (6, 3, 16, 16) and whole.masks.shape == (6, 1, 16, 16)
    assert len(some) == 3 and (some.images == whole.images[::2]).all()
    assert len(pictures_of(feed, (), 3)) == 0


def test_pictures_are_decoded_when_they_are_asked_for_and_once() -> None:
    decoded: list[range] = []

    def decode(numbers: range) -> Pictures:
        decoded.append(numbers)
        pair = np.zeros((2, 2, 3), np.uint8), np.zeros((2, 2), np.uint8)
        return stacked(((pair[0] + np.uint8(number), pair[1]) for number in numbers), len(numbers), 2)

    pictures = PictureSet(5, decode)
    assert len(pictures) == 5 and decoded == []
    assert pictures.part(range(1, 5, 2)).images[:, 0, 0, 0].tolist() == [1, 3]
    assert pictures.whole().images[:, 0, 0, 0].tolist() == [0, 1, 2, 3, 4]
    assert pictures.part(range(1, 5, 2)).images[:, 0, 0, 0].tolist() == [1, 3]
    pictures.whole()
    assert decoded == [range(1, 5, 2), range(5)]


def test_the_parts_of_a_face_are_face() -> None:
    assert sorted(CLASS_IDS[part] for part in FACE_PARTS) == list(FACE_CLASSES)
    labels = np.arange(20, dtype=np.uint8)[None]
    assert np.flatnonzero(visible_face(labels, "parsing")).tolist() == list(FACE_CLASSES)
    assert visible_face(np.array([[0, 1, 255]], np.uint8), "mask").tolist() == [[0, 1, 0]]
