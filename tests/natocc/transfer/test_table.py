from __future__ import annotations

import numpy as np
import pytest

from natocc.colour.lut import apply_table
from natocc.transfer.table import fit_table

RNG = np.random.default_rng(0)
COLOURS = RNG.uniform(60, 160, (400, 3)).astype(np.float32)


def test_a_constant_motion_moves_every_colour_by_it() -> None:
    table = fit_table(COLOURS, np.full_like(COLOURS, 20) * np.float32([1, 0, -1]))
    assert table.shape == (17, 17, 17, 3) and table.dtype == np.float32
    image = RNG.integers(40, 200, (8, 8, 3)).astype(np.uint8)
    moved = apply_table(image, table).astype(int)
    assert np.abs(moved - image - (20, 0, -20)).max() <= 1, "colours without samples follow their neighbours"


def test_a_smooth_motion_is_followed_where_there_are_samples() -> None:
    motion = (COLOURS - 110) * np.float32(0.3)
    table = fit_table(COLOURS, motion)
    image = np.rint(COLOURS).astype(np.uint8)[None]
    wanted = image[0] + (image[0].astype(float) - 110) * 0.3
    assert np.abs(apply_table(image, table)[0] - wanted).mean() < 4


def test_one_sample_is_enough() -> None:
    table = fit_table(np.array([[100, 100, 100]], np.float32), np.array([[5, 6, 7]], np.float32))
    assert np.isfinite(table).all()
    moved = apply_table(np.full((2, 2, 3), 100, np.uint8), table)
    assert moved[0, 0].tolist() == pytest.approx([105, 106, 107], abs=1)
