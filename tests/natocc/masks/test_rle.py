from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pycocotools import mask as coco_mask

from natocc.geometry import Box, mask_box
from natocc.masks.rle import decode_runs, encode_runs, measure_runs


def plain_runs(mask: np.ndarray) -> list[int]:
    """Column by column, of 0 first, as an annotation file holds them."""
    flat = mask.T.reshape(-1)
    cuts = np.flatnonzero(np.diff(flat)) + 1
    lengths = np.diff([0, *cuts, flat.size]).tolist()
    return [0, *lengths] if flat[0] else lengths


@given(arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40)), elements=st.integers(0, 1)))
def test_plain_and_compressed_runs_give_the_mask_back(mask: np.ndarray) -> None:
    packed = coco_mask.encode(np.asfortranarray(mask))
    for counts in (plain_runs(mask), packed["counts"], packed["counts"].decode()):
        assert np.array_equal(decode_runs(counts, mask.shape), mask * 255)


@pytest.mark.parametrize(
    ("counts", "got"),
    [
        ([3, 2], "runs of 5 pixels in all for a mask of 3x2"),
        ([7, -1], "runs of 6 pixels"),
        ([], "runs of 0 pixels"),
        ([1 << 63, (1 << 63) + 6], "runs of 18446744073709551622 pixels"),
        ("6é", "other than ASCII"),
        ("6 ", "compressed runs with ' ' in them"),
        ("P", "compressed runs that break off"),
        ("oooooooooooooooooooo", "compressed runs with"),
    ],
)
def test_runs_that_do_not_fill_the_mask_are_refused(counts: list[int] | str, got: str) -> None:
    with pytest.raises(ValueError, match=got):
        decode_runs(counts, (2, 3))


MASKS = arrays(np.uint8, st.tuples(st.integers(1, 30), st.integers(1, 30)), elements=st.integers(0, 1))


@given(MASKS)
def test_box_and_area_are_those_of_the_mask(mask: np.ndarray) -> None:
    runs = encode_runs(mask)
    assert runs == plain_runs(mask)
    box, area = measure_runs(runs, mask.shape)
    assert area == mask.sum() and (box == mask_box(mask) or not area)


@given(MASKS, st.data())
def test_a_box_of_the_mask_is_made_alone(mask: np.ndarray, data: st.DataObject) -> None:
    height, width = mask.shape
    x0, y0 = data.draw(st.integers(0, width)), data.draw(st.integers(0, height))
    box = Box(x0, y0, data.draw(st.integers(x0, width)), data.draw(st.integers(y0, height)))
    assert np.array_equal(decode_runs(plain_runs(mask), mask.shape, box), mask[box.slices] * 255)


def test_a_mask_that_int64_cannot_count_is_refused() -> None:
    side = 10**10
    with pytest.raises(ValueError, match="more than 2\\*\\*63 pixels"):
        measure_runs([0, 50, side * side - 50], (side, side))
