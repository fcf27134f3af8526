from __future__ import annotations

import numpy as np

from tasks.training.segmenter.feed.occlusion.step import OCCLUDED_LABELS


def test_the_face_of_a_label_and_its_occluded_class_are_those_of_the_target() -> None:
    label = np.array([[0, 1, 17, 13, 2, 19, 255]], np.uint8)
    hidden = np.array([[True, True, True, False, False, False, True]])
    before = label.copy()
    parsing, mask = OCCLUDED_LABELS["parsing"], OCCLUDED_LABELS["mask"]
    assert parsing.face(label).tolist() == [[0, 1, 0, 0, 1, 0, 0]]
    assert mask.face(label).tolist() == [[0, 1, 0, 0, 0, 0, 0]]
    assert parsing.mark(label, hidden).tolist() == [[19, 19, 19, 13, 2, 19, 19]]
    assert mask.mark(np.array([[0, 1, 1, 1]], np.uint8), hidden[:, :4]).tolist() == [[0, 0, 0, 1]]
    assert np.array_equal(label, before)
    assert parsing.mark(label, hidden).dtype == np.uint8
