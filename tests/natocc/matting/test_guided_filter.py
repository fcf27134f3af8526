from __future__ import annotations

import cv2
import numpy as np

from natocc.matting.guided_filter import guided_filter


def test_a_plane_that_is_linear_in_the_colours_is_kept() -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (40, 50, 3), np.uint8)
    plane = (rgb.astype(np.float32) / 255 @ np.array([0.5, -0.2, 0.3], np.float32)) + np.float32(0.1)
    assert np.abs(guided_filter(rgb, plane, 3, 1e-6) - plane).max() < 2e-3


def test_on_a_flat_picture_it_is_a_mean_of_means() -> None:
    plane = np.random.default_rng(1).random((40, 50), np.float32)
    flat = np.full((40, 50, 3), 90, np.uint8)
    mean = cv2.blur(plane, (5, 5), borderType=cv2.BORDER_REFLECT)
    twice = cv2.blur(mean, (5, 5), borderType=cv2.BORDER_REFLECT)
    assert np.abs(guided_filter(flat, plane, 2, 1e-3) - twice).max() < 1e-4


def test_an_edge_beside_the_picture_s_moves_onto_it() -> None:
    rgb = np.full((40, 40, 3), 40, np.uint8)
    rgb[:, 20:] = (200, 120, 60)
    plane = np.zeros((40, 40), np.float32)
    plane[:, 21:] = 1
    found = guided_filter(rgb, plane, 2, 1e-4)[20]
    assert np.diff(found).argmax() == 19 and found[20] - found[19] > 0.4
