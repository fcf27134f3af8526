from __future__ import annotations

import numpy as np

from natocc.transforms.labels import Labels

MASK = np.array([[0, 1, 2, 19]], np.uint8)
IMAGE = np.zeros((1, 4, 3), np.uint8)


def test_the_face_is_that_of_the_classes_and_its_box_is_empty_where_none_is() -> None:
    face = Labels(face_classes=(2, 19), occluded_value=0).face(IMAGE, MASK)
    assert face.mask.tolist() == [[0, 0, 1, 1]] and face.box.width == 2
    assert Labels(face_classes=(7,)).face(IMAGE, MASK).box.empty


def test_the_label_stands_where_half_of_the_occluder_s_opacity_is_reached() -> None:
    alpha = np.array([[255, 70, 60, 255]], np.uint8)
    on_face = Labels(face_classes=(1, 2), occluded_value=9)
    assert on_face.mark(MASK, alpha, 0.5).tolist() == [[0, 9, 2, 19]]
    assert on_face.mark(MASK, alpha, 1.0).tolist() == [[0, 1, 2, 19]]
    everywhere = Labels(occluded_value=9, everywhere=True)
    assert everywhere.mark(MASK, alpha, 0.5).tolist() == [[9, 9, 2, 9]]
