from __future__ import annotations

import numpy as np
import pytest

from natocc import NatOcc, RandOcc
from natocc.randomness import draw_seed
from tasks.training.segmenter.feed.occlusion.step import OCCLUDED_LABELS
from tasks.training.segmenter.feed.occlusion.transform import natocc_step, randocc_step
from tests.natocc.banks import bank, training_face


@pytest.mark.parametrize("name", ["natocc", "randocc"])
def test_a_step_draws_what_the_transform_draws_from_the_same_seed(name: str) -> None:
    image, mask = training_face(96, 96)
    if name == "natocc":
        step = natocc_step(bank(), ("hand",), OCCLUDED_LABELS["mask"])
        transform = NatOcc(bank(), weights={"hand": 1})
    else:
        step = randocc_step(bank(), ("randocc",), OCCLUDED_LABELS["mask"])
        transform = RandOcc(bank())
    out, label = step(image, mask, np.random.default_rng(4))
    wanted = transform.occlude(seed=draw_seed(np.random.default_rng(4)), image=image, mask=mask)
    assert wanted["occlusion"]["applied"]
    assert np.array_equal(out, wanted["image"]) and np.array_equal(label, wanted["mask"])


def test_a_parsing_map_has_the_class_occlusion_wherever_the_occluder_is() -> None:
    image, mask = training_face(96, 96)
    parsing = np.where(mask == 1, 1, 17).astype(np.uint8)
    step = natocc_step(bank(), ("hand", "object"), OCCLUDED_LABELS["parsing"])
    transform = NatOcc(bank(), face_classes=(1,), occluded_value=19)
    off_the_face = False
    for seed in range(6):
        _, label = step(image, parsing, np.random.default_rng(seed))
        drawn = transform.occlude(seed=draw_seed(np.random.default_rng(seed)), image=image, mask=parsing)
        hidden = drawn["alpha"] >= 128
        assert np.array_equal(label == 19, hidden), "the rule of the shards"
        assert np.array_equal(label[~hidden], parsing[~hidden])
        off_the_face |= bool((hidden & (mask == 0)).any())
    assert off_the_face
