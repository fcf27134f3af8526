from __future__ import annotations

import numpy as np

from natocc.masks.classes import face_pixels, mark_hidden

MASK = np.array([[0, 1, 4, 13, 19]], np.uint8)


def test_face_is_what_the_classes_name_and_is_not_hidden_already() -> None:
    assert face_pixels(MASK, None, 0).tolist() == [[0, 1, 1, 1, 1]]
    assert face_pixels(MASK, None, 19).tolist() == [[0, 1, 1, 1, 0]]
    assert face_pixels(MASK, (1, 4), 19).tolist() == [[0, 1, 1, 0, 0]]
    assert face_pixels(MASK, (0, 1), 0).tolist() == [[0, 1, 0, 0, 0]]
    assert face_pixels(MASK.astype(np.int64), (1,), 255).dtype == np.uint8


def test_marks_go_on_the_face_or_everywhere() -> None:
    hidden = np.array([[True, True, False, True, True]])
    face = np.array([[False, True, True, False, False]])
    assert mark_hidden(MASK, hidden, face, 19).tolist() == [[0, 19, 4, 13, 19]]
    assert mark_hidden(MASK, hidden, None, 255).tolist() == [[255, 255, 4, 255, 255]]
    assert MASK.tolist() == [[0, 1, 4, 13, 19]]
