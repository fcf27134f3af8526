from __future__ import annotations

import numpy as np
import pytest

from natocc.occluders.bank import OccluderBank
from tasks.training.segmenter.feed.occlusion.named import OCCLUSIONS, pools_of
from tasks.training.segmenter.feed.occlusion.step import OCCLUDED_LABELS
from tests.natocc.banks import bank, training_face


@pytest.mark.parametrize("name", OCCLUSIONS)
def test_every_occlusion_hides_face_the_same_way_for_the_same_draws(name: str) -> None:
    row = OCCLUSIONS[name]
    image, mask = training_face(96, 96)
    before = image.copy(), mask.copy()
    results = []
    for _ in range(2):
        occluders = bank() if row.kinds else OccluderBank()
        step = row.make(occluders, row.kinds, OCCLUDED_LABELS["mask"])
        results.append(step(image, mask, np.random.default_rng(2)))
    (out, label), again = results
    assert out.dtype == label.dtype == np.uint8 and out.shape == image.shape and label.shape == mask.shape
    assert 0 < label.sum() < mask.sum() and not (label & ~mask).any()
    assert np.array_equal(out, again[0]) and np.array_equal(label, again[1])
    assert np.array_equal(image, before[0]) and np.array_equal(mask, before[1]), "nothing is written in place"


def test_kinds_are_drawn_from_pools() -> None:
    assert pools_of(("hand", "randocc", "object")) == ("hand", "texture", "object")
    assert pools_of(()) == ()
    assert [name for name, row in OCCLUSIONS.items() if row.draws_cut_outs] == ["natocc", "paste"]
