from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.upscaling.tile_layout import mirrored, spans


@given(length=st.integers(1, 400), tile=st.integers(1, 70), scale=st.integers(1, 4), data=st.data())
def test_shares_add_up_to_one_everywhere(length: int, tile: int, scale: int, data: st.DataObject) -> None:
    overlap, margin = (data.draw(st.integers(0, tile - 1)) for _ in range(2))
    parts = spans(length, tile, overlap, scale, margin)
    first = min(0, parts[0].start)
    total = np.zeros((length + 2 * tile) * scale)
    for part in parts:
        assert part.source.shape == (tile,) and 0 <= part.source.min() <= part.source.max() < length
        assert (part.share > 0).all()
        total[(part.start - first) * scale :][: tile * scale] += part.share
    assert np.allclose(total[-first * scale :][: length * scale], 1, atol=1e-6)


@given(length=st.integers(21, 400))
def test_long_sides_have_true_neighbours_alone(length: int) -> None:
    parts = spans(length, 20, 5, 4)
    assert parts[0].start == 0 and parts[-1].start == length - 20
    for before, after in pairwise(parts):
        assert 5 <= before.start + 20 - after.start < 20
    assert all(np.array_equal(part.source, np.arange(part.start, part.start + 20)) for part in parts)


def test_a_short_side_lies_in_the_middle_mirrored() -> None:
    (part,) = spans(5, 9, 2, 4)
    assert part.start == -2 and part.source.tolist() == [2, 1, 0, 1, 2, 3, 4, 3, 2]
    assert (part.share == 1).all() and part.share.shape == (36,)


def test_a_margin_is_mirrored_at_both_ends() -> None:
    parts = spans(20, 8, 2, 4, margin=3)
    assert parts[0].source[:5].tolist() == [3, 2, 1, 0, 1] and parts[-1].source[-5:].tolist() == [
        18,
        19,
        18,
        17,
        16,
    ]


def test_what_is_too_far_to_mirror_holds_the_border() -> None:
    assert mirrored(np.arange(-3, 5), 2).tolist() == [0, 0, 0, 0, 1, 1, 1, 1]
    assert mirrored(np.arange(-2, 3), 2).tolist() == [0, 0, 0, 1, 1]
    assert mirrored(np.arange(-1, 3), 1).tolist() == [0, 0, 0, 0]


def test_sizes_that_make_no_tiles_are_refused() -> None:
    with pytest.raises(
        ValueError, match="overlap and margin below the tile, got length 9, tile 4, overlap 4, scale 4"
    ):
        spans(9, 4, 4, 4)
    with pytest.raises(ValueError, match="sizes from 1 on"):
        spans(0, 4, 1, 4)
