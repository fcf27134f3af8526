from __future__ import annotations

import numpy as np
import pytest

from natocc.masks.policy import CLASS_IDS
from tasks.training.segmenter.feed.views.geometry import Movement, move_sample

SIDE = 33


def dot(row: int, column: int) -> tuple[np.ndarray, np.ndarray]:
    image, label = np.full((SIDE, SIDE, 3), 10, np.uint8), np.zeros((SIDE, SIDE), np.uint8)
    image[row, column], label[row, column] = 250, 1
    return image, label


@pytest.mark.parametrize(
    ("movement", "to"),
    [
        (Movement(mirrored=True), (4, 26)),
        # Counter-clockwise: what lies at the top goes to the left.
        (Movement(degrees=90), (26, 4)),
        (Movement(right=3 / SIDE, down=-2 / SIDE), (2, 9)),
        (Movement(scale=1.5), (-2, 1)),
    ],
)
def test_picture_and_label_move_alike(movement: Movement, to: tuple[int, int]) -> None:
    image, label = move_sample(*dot(4, 6), movement, parsing=False, outside=255)
    if min(to) < 0:
        assert not (label == 1).any()
        return
    assert label[to] == 1 and image[to].max() > 200


def test_beyond_the_border_the_picture_is_black_and_the_label_as_asked() -> None:
    image, label = move_sample(*dot(16, 16), Movement(degrees=45), parsing=False, outside=255)
    assert label[0, 0] == 255 and image[0, 0].max() == 0 and label[16, 16] == 1


def test_a_mirrored_parsing_map_exchanges_left_and_right() -> None:
    image, label = dot(4, 6)
    label[4, 6], label[5, 5] = CLASS_IDS["l_eye"], CLASS_IDS["nose"]
    _, moved = move_sample(image, label, Movement(mirrored=True), parsing=True, outside=0)
    assert (moved[4, 26], moved[5, 27]) == (CLASS_IDS["r_eye"], CLASS_IDS["nose"])
    _, plain = move_sample(image, label, Movement(mirrored=True), parsing=False, outside=0)
    assert plain[4, 26] == CLASS_IDS["l_eye"]
