from __future__ import annotations

import numpy as np
import pytest

from natocc.labels import OCCLUSION_CLASS
from natocc.masks.policy import PARTS
from tasks.training.segmenter.feed.reading.target import TARGET_CLASSES, reduce_label


def test_the_classes_are_those_of_the_parsing_maps() -> None:
    assert TARGET_CLASSES["parsing"] == ("background", *PARTS, "occlusion")
    assert TARGET_CLASSES["parsing"].index("occlusion") == OCCLUSION_CLASS


@pytest.mark.parametrize("side", (8, 12, 4))
def test_a_pixel_is_face_if_more_than_half_of_it_is(side: int) -> None:
    mask = np.zeros((side, side), np.uint8)
    mask[:, : side * 5 // 8] = 1
    for values in (mask, mask * np.uint8(255)):
        small = reduce_label(values, 4, "mask", "x")
        assert small.shape == (4, 4) and small[0].tolist() == [1, 1, 0, 0]


def test_values_that_no_mask_has_are_refused() -> None:
    with pytest.raises(
        ValueError, match="x: expected a mask of 0 and 1, or of 0 and 255, got the values 0, 3"
    ):
        reduce_label(np.array([[0, 3]], np.uint8), 1, "mask", "x")
    with pytest.raises(ValueError, match="x: expected the classes 0 to 19, or 255 where none counts, got 20"):
        reduce_label(np.array([[0, 20]], np.uint8), 1, "parsing", "x")
    ignored = reduce_label(np.array([[0, 255], [19, 255]], np.uint8), 2, "parsing", "x")
    assert ignored.tolist() == [[0, 255], [19, 255]]
