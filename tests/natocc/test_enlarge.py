from __future__ import annotations

import cv2
import numpy as np
import pytest

from natocc.enlarge import enlarge
from natocc.geometry import Box


@pytest.mark.parametrize("small", [(16, 16), (256, 256), (7, 40), (1, 1)])
@pytest.mark.parametrize("box", [Box(0, 0, 90, 70), Box(31, 12, 32, 13), Box(60, 0, 90, 33)])
def test_the_box_is_that_of_the_whole(small: tuple[int, int], box: Box) -> None:
    field = np.random.default_rng(0).normal(0, 50, (*small, 3)).astype(np.float32)
    whole = cv2.resize(field, (90, 70), interpolation=cv2.INTER_LINEAR)
    out = enlarge(field, (70, 90), box)
    assert out.dtype == np.float32 and out.flags.c_contiguous
    np.testing.assert_allclose(out, whole[box.slices], atol=1e-3)
