from __future__ import annotations

import numpy as np
import pytest

from natocc.geometry import Image, mask_box
from tasks.training.segmenter.feed.occlusion.erase import EraseRectangle
from tasks.training.segmenter.feed.occlusion.step import OCCLUDED_LABELS
from tasks.training.segmenter.feed.reading.target import LearntTarget
from tests.natocc.banks import training_face


def erased(
    seed: int, target: LearntTarget = "mask", *, height: int = 96, width: int = 96
) -> tuple[Image, Image]:
    image, mask = training_face(height, width)
    step = EraseRectangle(labels=OCCLUDED_LABELS[target])
    return step(image, mask, np.random.default_rng(seed))


@pytest.mark.parametrize("sides", [(96, 96), (64, 160)])
def test_a_rectangle_of_the_face_s_box_is_filled_and_labelled(sides: tuple[int, int]) -> None:
    """In a parsing map the whole rectangle shows in the label."""
    image, mask = training_face(*sides)
    face, area = mask_box(mask), int(mask.sum())
    noisy = 0
    for seed in range(40):
        out, label = erased(seed, "parsing", height=sides[0], width=sides[1])
        box = mask_box(label == 19)
        assert int((label == 19).sum()) == box.width * box.height, "a whole rectangle"
        assert face.x0 <= box.x0 and box.x1 <= face.x1 and face.y0 <= box.y0 and box.y1 <= face.y1
        assert 0.015 < box.width * box.height / area < 0.36
        assert 0.2 < box.height / box.width < 4.5
        outside = label != 19
        assert np.array_equal(out[outside], image[outside]) and np.array_equal(label[outside], mask[outside])
        noisy += np.ptp(out[box.slices].reshape(-1, 3), axis=0).max() > 0
    assert 8 <= noisy <= 32, "noise in half of the draws"


def test_the_erased_part_of_a_mask_is_background() -> None:
    image, mask = training_face(96, 96)
    out, label = erased(3)
    assert set(np.unique(label)) == {0, 1} and label.sum() < mask.sum()
    assert not (label & ~mask).any()
    changed = (out != image).any(-1)
    assert not label[changed].any()


def test_a_picture_without_face_stays_as_it_is() -> None:
    image, mask = training_face(96, 96)
    step = EraseRectangle(labels=OCCLUDED_LABELS["mask"])
    empty = np.zeros_like(mask)
    out, label = step(image, empty, np.random.default_rng(0))
    assert np.array_equal(out, image) and np.array_equal(label, empty)
