from __future__ import annotations

import numpy as np
import pytest

from natocc.transfer.samples import core_colours, sample_pixels, solid_mask

IMAGE = np.zeros((90, 120, 3), np.uint8)
IMAGE[..., 0], IMAGE[..., 1] = np.indices((90, 120))


def test_solid_pixels_exceed_one_half() -> None:
    assert solid_mask(np.array([[0, 127, 128, 255]], np.uint8)).tolist() == [[0, 0, 255, 255]]
    with pytest.raises(ValueError, match="expected a mask with pixels above 127, got an empty one"):
        solid_mask(np.full((2, 2), 127, np.uint8))


@pytest.mark.parametrize("count", [5, 300, 5000])
def test_samples_come_from_the_mask_alone_and_from_all_of_it(count: int) -> None:
    mask = np.zeros((90, 120), np.uint8)
    mask[20:60, 30:90] = 255
    samples = sample_pixels(IMAGE, mask, np.random.default_rng(0), count)
    assert samples.shape == (count, 3) and samples.dtype == np.float32
    rows, columns = np.rint(samples[:, :2]).T
    assert rows.min() >= 20 and rows.max() <= 59 and columns.min() >= 30 and columns.max() <= 89
    assert np.ptp(rows) > 25 and len(np.unique(samples, axis=0)) == count, "dithered: no two are equal"


def test_a_mask_of_one_pixel_is_enough_and_an_empty_one_is_not() -> None:
    mask = np.zeros((90, 120), np.uint8)
    mask[7, 11] = 255
    samples = sample_pixels(IMAGE, mask, np.random.default_rng(0), 64)
    assert np.abs(samples - (7, 11, 0)).max() <= 0.5
    with pytest.raises(ValueError, match="got an empty one"):
        sample_pixels(IMAGE, np.zeros((90, 120), np.uint8), np.random.default_rng(0), 64)


def test_core_colours_leave_the_farthest_out_and_keep_the_order() -> None:
    skin = np.random.default_rng(0).normal((200, 150, 120), 4, (60, 3)).astype(np.float32)
    colours = skin.copy()
    colours[[5, 20, 40]] = (20, 20, 20), (250, 250, 250), (10, 200, 30)
    assert np.array_equal(core_colours(colours, 57), np.delete(colours, [5, 20, 40], axis=0))
