from __future__ import annotations

from dataclasses import replace

import numpy as np

from natocc.profiles import BEST
from tests.natocc.banks import make, training_face


def test_the_face_is_neither_missed_nor_hidden_whole() -> None:
    """Placements outside the limits are drawn again; if none fits, the sample is as it was and says why."""
    image, mask = training_face(96, 96)
    single = replace(BEST, placement_tries=1)
    for name in ("natocc", "randocc"):
        outs = [make(name, profile=single).occlude(image=image, mask=mask, seed=s) for s in range(60)]
        applied = [out for out in outs if out["occlusion"]["applied"]]
        assert all(0.03 <= out["occlusion"]["hidden_ratio"] <= 0.6 for out in applied)
        assert len(applied) > 40
        for out in outs:
            if not out["occlusion"]["applied"]:
                assert out["occlusion"]["reason"] in ("hidden_too_little", "hidden_too_much")
                assert np.array_equal(out["image"], image) and not out["alpha"].any()
        best = [make(name).occlude(image=image, mask=mask, seed=s)["occlusion"]["applied"] for s in range(40)]
        assert all(best)
