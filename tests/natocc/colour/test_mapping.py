from __future__ import annotations

import numpy as np
import pytest

from natocc.colour.lut import apply_table, grid_colours
from natocc.colour.mapping import drift_at, fit_mapping
from natocc.geometry import Box, Image


def noise(seed: int, low: int = 0, high: int = 256) -> Image:
    return np.random.default_rng(seed).integers(low, high, (96, 96, 3), dtype=np.uint8)


ALL = np.ones((96, 96), bool)


def test_without_pixels_every_colour_stays() -> None:
    mapping = fit_mapping(noise(0), noise(1), ~ALL)
    assert np.array_equal(mapping.table, grid_colours(33))
    assert not drift_at(mapping.drift, noise(0)).any()


def test_a_function_of_colour_goes_into_the_table() -> None:
    before = noise(0)
    after = np.rint(before[..., ::-1] * 0.5 + 60).astype(np.uint8)
    mapping = fit_mapping(before, after, ALL)
    other = noise(9)
    assert np.abs(apply_table(other, mapping.table) - (other[..., ::-1] * 0.5 + 60)).mean() < 1.5
    assert np.abs(drift_at(mapping.drift, other)).mean() < 1


def test_a_function_of_the_place_goes_into_the_drift() -> None:
    before = noise(0, 40, 160)
    ramp = np.linspace(-30, 30, 96)[None, :, None]
    mapping = fit_mapping(before, np.rint(before + ramp).astype(np.uint8), ALL)
    at_places = drift_at(mapping.drift, before) + apply_table(before, mapping.table) - before
    assert np.abs(at_places - ramp)[:, 8:-8].mean() < 2


def test_only_solid_pixels_are_looked_at() -> None:
    before, solid = noise(0), np.zeros((96, 96), bool)
    solid[20:70, 30:80] = True
    after = np.where(solid[..., None], before // 2, 255 - before)
    first = fit_mapping(before, after, solid)
    second = fit_mapping(before, np.where(solid[..., None], after, 7).astype(np.uint8), solid)
    assert np.array_equal(first.table, second.table)
    assert np.array_equal(first.drift.offset, second.drift.offset)


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (10, 200, 90)])
def test_one_colour_alone_moves_and_takes_its_surroundings_along(colour: tuple[int, int, int]) -> None:
    before = np.full((96, 96, 3), colour, np.uint8)
    target = np.array([60, 120, 180])
    after = np.broadcast_to(target, before.shape).astype(np.uint8)
    mapping = fit_mapping(before, after, ALL)
    near = np.clip(before.astype(int) + 3, 0, 255).astype(np.uint8)
    for picture, allowed in ((before, 1.0), (near, 5.0)):
        moved = apply_table(picture, mapping.table) + drift_at(mapping.drift, picture)
        assert np.abs(moved - target).max() <= allowed


def test_colours_that_were_not_seen_move_smoothly() -> None:
    before = noise(0, 90, 130)
    after = np.clip(before * 1.2 + np.random.default_rng(2).normal(0, 6, before.shape), 0, 255)
    mapping = fit_mapping(before, after.astype(np.uint8), ALL)
    motion = mapping.table - grid_colours(33)
    assert max(np.abs(np.diff(motion, axis=axis)).max() for axis in range(3)) < 8


def test_the_drift_of_a_box_is_that_of_the_whole() -> None:
    before = noise(0, 40, 160)
    after = np.rint(before + np.linspace(-30, 30, 96)[None, :, None]).astype(np.uint8)
    drift, box = fit_mapping(before, after, ALL).drift, Box(5, 40, 77, 41)
    np.testing.assert_allclose(drift_at(drift, before, box), drift_at(drift, before)[box.slices], atol=1e-3)
