from __future__ import annotations

import numpy as np
import pytest

from natocc.codecs import decode_rgb
from tests.natocc.golden import CASES, SIDE, path_of, strip
from tests.natocc.inputs import lab


@pytest.mark.parametrize(("kind", "profile"), CASES)
def test_samples_look_as_they_are_meant_to(kind: str, profile: str) -> None:
    expected, got = decode_rgb(path_of(kind, profile).read_bytes()), strip(kind, profile)
    seen, labels = slice(0, 2 * SIDE), slice(3 * SIDE, None)
    unlike = np.linalg.norm(lab(got[:, seen]) - lab(expected[:, seen]), axis=2)
    assert unlike.mean() < 0.5 and np.percentile(unlike, 99) < 4, "to the eye"
    assert (got[:, labels] != expected[:, labels]).any(axis=2).sum() <= 4, "labels"
    alpha = got[:, 2 * SIDE : 3 * SIDE].astype(int) - expected[:, 2 * SIDE : 3 * SIDE]
    assert np.abs(alpha).mean() < 0.2
