from __future__ import annotations

import numpy as np
import pytest

from assets.upscalers import FACTOR, UPSCALERS, upscaler_named
from tests.raw_trees import coffee


@pytest.mark.parametrize("name", sorted(UPSCALERS))
def test_an_upscaler_gives_four_times_the_picture(name: str) -> None:
    small = coffee()[40:90, 60:131]
    large = upscaler_named(name)(small)
    assert large.shape == (50 * FACTOR, 71 * FACTOR, 3) and large.dtype == np.uint8
    back = large.reshape(50, FACTOR, 71, FACTOR, 3).mean((1, 3))
    assert np.abs(back - small).mean() < 2, "the same picture, not shifted"


def test_an_unknown_upscaler_lists_the_known() -> None:
    with pytest.raises(
        ValueError, match=r"^--upscaler: expected one of lanczos, got 'glean', which is not available$"
    ):
        upscaler_named("glean")
