from __future__ import annotations

import numpy as np

from natocc.harmonise.recolour import Recolouring, recolour_region
from tasks.training.harmoniser.data.inversion import SAMPLED, is_inverted, spread_sample
from tests.harmonizer_photos import photographs
from tests.raw_trees import disc

REAL, MASK = photographs(1)[0], disc(96, 128)


def test_a_composite_differs_inside_its_mask() -> None:
    for exposure in (-1.0, 0.3):
        composite = recolour_region(REAL, MASK, Recolouring(exposure=exposure))
        assert not is_inverted(composite, REAL, MASK)
    assert is_inverted(recolour_region(REAL, MASK, Recolouring(exposure=-1.0)), REAL, 255 - MASK)


def test_noise_and_pictures_that_differ_everywhere_are_not_inverted() -> None:
    noise = np.clip(REAL + np.random.default_rng(0).normal(0, 4, REAL.shape), 0, 255).astype(np.uint8)
    for composite in (REAL, noise, REAL // 2):
        assert not is_inverted(composite, REAL, MASK)
    for matte in (MASK * 0, MASK | 255):
        assert not is_inverted(REAL // 2, REAL, matte)


def test_the_sample_is_spread_over_all_names() -> None:
    names = [str(number) for number in range(1000)]
    found = spread_sample(names)
    assert len(set(found)) == SAMPLED and int(found[-1]) > 950 and found == spread_sample(names)
    assert spread_sample(names[:5]) == names[:5] and spread_sample([]) == []
