from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assets.datasets.cofw.face import CofwFace, check_row
from assets.problems import BadInput
from tests.cofw_files import boxes, points

FACE = CofwFace(
    file=Path("a.mat"),
    index=3,
    split="test",
    genuine=True,
    height=40,
    width=50,
    grey=False,
    landmarks=((0, 0), (51, 41)),
    occluded=(False, True),
    box=(1, 1, 50, 40),
)


def test_positions_count_from_0_or_from_1() -> None:
    assert not FACE.landmarks_outside and not FACE.box_outside and FACE.id == "test_00003"
    assert replace(FACE, landmarks=((-0.5, 0), (3, 3))).landmarks_outside
    assert replace(FACE, box=(0, -3, 10, 10)).box_outside


@pytest.mark.parametrize(
    ("places", "values", "expected"),
    [
        ([0], [-5], ""),
        ([29], [45], ""),
        ([0], [-20], "landmarks on the image of 50x40"),
        ([29], [60], "landmarks on the image of 50x40"),
        (range(15), [-1] * 15, "landmarks on the image of 50x40"),
        ([3], [np.inf], "29 landmarks"),
        ([60], [2], "occlusion bits of 0 and 1"),
    ],
)
def test_landmarks_lie_on_the_image_but_for_estimates(
    places: list[int], values: list[float], expected: str
) -> None:
    row = points(1)[0]
    row[list(places)] = values
    if not expected:
        check_row(row, boxes(1)[0], 50, 40)
        return
    with pytest.raises(BadInput) as caught:
        check_row(row, boxes(1)[0], 50, 40)
    assert caught.value.expected == expected


@pytest.mark.parametrize(
    "box", [[60, 3, 9, 9], [-9, 3, 9, 9], [3, 41, 9, 9], [3, 3, 0, 9], [3, np.nan, 9, 9]]
)
def test_a_box_overlaps_the_image(box: list[float]) -> None:
    with pytest.raises(BadInput, match=r"expected a box "):
        check_row(points(1)[0], np.array(box, float), 50, 40)
