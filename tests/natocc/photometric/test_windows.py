from __future__ import annotations

import cv2
import numpy as np
import pytest

from natocc.photometric.windows import CELL, cut_windows, find_windows, gradient_energy

SIZE = 8 * CELL


def disc(radius: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    mask = np.zeros((SIZE, SIZE), np.uint8)
    cv2.circle(mask, (SIZE // 2, SIZE // 2), radius, 1, -1)
    return mask


def test_windows_lie_wholly_inside_the_mask_apart_from_its_edge_and_from_each_other() -> None:
    mask = disc(80)
    image = np.zeros((SIZE, SIZE, 3), np.uint8)
    corners = find_windows(image, mask).corners
    assert len(corners) > 8
    inner = cv2.erode(mask, np.ones((7, 7), np.uint8))
    used = np.zeros_like(mask)
    for y, x in corners.tolist():
        assert inner[y : y + CELL, x : x + CELL].all(), "4 pixels or more from the edge"
        used[y : y + CELL, x : x + CELL] += 1
    assert used.max() == 1


@pytest.mark.parametrize("mask", [disc(10), np.zeros((SIZE, SIZE), np.uint8), np.ones((20, 300), np.uint8)])
def test_a_mask_smaller_than_a_window_has_none(mask: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> None:
    windows = find_windows(np.zeros((*mask.shape, 3), np.uint8), mask)
    assert windows.corners.shape == (0, 2) and windows.structure.shape == (0,)


def test_structure_is_high_where_there_are_edges() -> None:
    image = np.full((SIZE, SIZE, 3), 100, np.uint8)
    image[:, SIZE // 2 + 12 :] = 200
    windows = find_windows(image, np.ones((SIZE, SIZE), np.uint8))
    at_edge = [x <= SIZE // 2 + 12 < x + CELL for _, x in windows.corners.tolist()]
    assert any(at_edge) and not all(at_edge)
    assert windows.structure[np.array(at_edge)].min() > 100
    assert windows.structure[~np.array(at_edge)].max() < 1


def test_cut_windows_are_luma_with_repeated_borders() -> None:
    image = np.random.default_rng(0).integers(0, 256, (60, 50, 3), np.uint8)
    luma = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    inner, corner = cut_windows(image, np.array([[20, 10], [0, 0]]), 4)
    assert np.array_equal(inner, luma[16 : 24 + CELL, 6 : 14 + CELL])
    padded = cv2.copyMakeBorder(luma, 4, 0, 4, 0, cv2.BORDER_REPLICATE)
    assert np.array_equal(corner, padded[: CELL + 8, : CELL + 8])


def test_energy_of_a_ramp_is_the_square_of_twice_its_slope() -> None:
    ramp = np.add.outer(3.0 * np.arange(6), 2.0 * np.arange(7)).astype(np.float32)
    energy = gradient_energy(ramp)
    assert energy.shape == (4, 5) and np.allclose(energy, (2 * 3) ** 2 + (2 * 2) ** 2)
