from __future__ import annotations

import numpy as np
import pytest
import skimage.data

from natocc.files.shifts import grey_tail, shifted_tail
from natocc.geometry import Image

PHOTO = np.ascontiguousarray(skimage.data.astronaut()[:400])


def shifted(photo: Image, x: int, y: int, levels: tuple[int, int, int]) -> Image:
    """All 16x16 blocks from the one at (x, y) on, in the order of a scan, are brighter."""
    out = photo.astype(int)
    out[y : y + 16, x:] += levels
    out[y + 16 :] += levels
    return np.clip(out, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("levels", [(20, 20, 20), (-24, -24, -24), (0, 0, 25), (20, -10, 0)])
@pytest.mark.parametrize(("x", "y"), [(160, 96), (256, 208), (288, 160)])
def test_a_shift_of_all_later_blocks_is_found(x: int, y: int, levels: tuple[int, int, int]) -> None:
    assert shifted_tail(shifted(PHOTO, x, y, levels), (16, 16)) == y


def test_photographs_and_pictures_with_straight_edges_have_none() -> None:
    edges = [np.full((256, 320, 3), 90, np.uint8) for _ in range(3)]
    edges[0][128:] = 200  # a horizon on the border of blocks
    edges[1][:, 160:] = 200
    edges[2][::32] = 220  # stripes
    edges[2][16::32] = 30
    ramp = np.tile(np.linspace(0, 255, 256).astype(np.uint8)[:, None, None], (1, 320, 3))
    natural = [PHOTO, skimage.data.coffee(), skimage.data.cat(), skimage.data.chelsea()[:300]]
    for picture in (*natural, *edges, ramp):
        assert shifted_tail(np.ascontiguousarray(picture), (16, 16)) is None
        assert shifted_tail(np.ascontiguousarray(picture), (8, 8)) is None


def test_small_pictures_are_not_judged() -> None:
    assert shifted_tail(PHOTO[:20, :20], (16, 16)) is None
    assert shifted_tail(PHOTO[:3, :400], (8, 8)) is None
    assert shifted_tail(np.zeros((1, 1, 1), np.uint8), (16, 16)) is None


def test_rows_of_missing_data_at_the_end_are_counted() -> None:
    cut = PHOTO.copy()
    cut[300:] = 128
    assert grey_tail(cut) == 100
    assert grey_tail(cut[:310]) == 0  # too few
    assert grey_tail(PHOTO) == 0
    assert grey_tail(np.full((64, 64, 3), 128, np.uint8)) == 0  # a grey picture
    cut[:20] = 128
    assert grey_tail(cut) == 0  # a frame
