from __future__ import annotations

import numpy as np
import pytest

from natocc.matting.plain_background import Difference, subtract_background
from natocc.verdicts import NotFound
from tests.natocc.hands import photograph, shape


def test_shade_and_a_tinge_of_the_light_are_no_difference() -> None:
    y, x = np.mgrid[0:1:120j, 0:1:160j]
    light = (235 - 40 * x - 20 * y * y)[..., None] * np.array([1, 0.98, 0.94])
    difference = subtract_background(light.astype(np.uint8))
    assert isinstance(difference, Difference)
    assert np.abs(difference.darker).max() < 1.5 and difference.colour.max() < 3 and difference.noise < 1


def test_skin_differs_in_colour_where_shadow_differs_in_lightness() -> None:
    mask = shape("cheek_rings", 300, 400)
    difference = subtract_background(photograph(mask, noise=0))
    assert isinstance(difference, Difference)
    beside = np.zeros_like(mask) > 0
    beside[5:, 7:] = (mask[:-5, :-7] > 0) & (mask[5:, 7:] == 0)
    assert np.median(difference.colour[mask > 0]) > 15
    assert np.median(difference.darker[beside]) > 5 > np.median(difference.colour[beside])


@pytest.mark.parametrize("level", [0, 60])
def test_dark_and_coloured_backgrounds_are_refused(level: int) -> None:
    for picture in (np.full((60, 80, 3), level), np.full((60, 80, 3), 255) * (1, 1, 0)):
        found = subtract_background(picture.astype(np.uint8))
        assert isinstance(found, NotFound) and found.expected == "a photograph on white or light grey"
