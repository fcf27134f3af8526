from __future__ import annotations

import cv2
import numpy as np

from natocc.matting.colour_models import log_odds


def test_odds_are_those_of_two_gaussians() -> None:
    rng = np.random.default_rng(0)
    rgb = np.empty((30, 60, 3), np.uint8)
    rgb[:, :30] = np.clip(rng.normal((120, 60, 60), 12, (30, 30, 3)), 0, 255)
    rgb[:, 30:] = np.clip(rng.normal((60, 90, 140), 12, (30, 30, 3)), 0, 255)
    foreground, background, where = (np.zeros((30, 60), bool) for _ in range(3))
    foreground[:, :25], background[:, 35:], where[15, 25:35] = True, True, True
    found = log_odds(rgb, foreground, background, where, 100)
    lab = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB).astype(float)
    densities = []
    for known in (foreground, background):
        spread = np.cov(lab[known], rowvar=False, bias=True) + 30 * np.eye(3)
        about = lab[where] - lab[known].mean(0)
        square = np.einsum("ni,ij,nj->n", about, np.linalg.inv(spread), about)
        densities.append(-0.5 * (square + np.log(np.linalg.det(spread))))
    assert np.allclose(found[where], densities[0] - densities[1], atol=0.05)
    assert not found[~where].any()
    assert (found[15, 25:30] > 0).all() and (found[15, 30:35] < 0).all()


def test_only_colours_nearby_count() -> None:
    """Red is foreground on the left and background on the right."""
    rgb = np.zeros((21, 200, 3), np.uint8)
    rgb[:10, :100] = rgb[11:, 100:] = (200, 40, 40)
    rgb[11:, :100] = rgb[:10, 100:] = (40, 40, 200)
    rgb[10] = (200, 40, 40)
    foreground, background, where = (np.zeros((21, 200), bool) for _ in range(3))
    foreground[:10], background[11:], where[10] = True, True, True
    odds = log_odds(rgb, foreground, background, where, 5)[10]
    assert (odds[:90] > 5).all() and (odds[110:] < -5).all()
