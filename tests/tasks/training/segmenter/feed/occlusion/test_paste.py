from __future__ import annotations

import numpy as np

from natocc.geometry import mask_box
from natocc.occluders.bank import OccluderBank
from tasks.training.segmenter.feed.occlusion.paste import PasteCutout
from tasks.training.segmenter.feed.occlusion.step import OCCLUDED_LABELS
from tests.natocc.banks import training_face


def bank() -> OccluderBank:
    """A red hand and a blue object, both with a soft rim."""
    matte = np.zeros((40, 60), np.uint8)
    matte[4:-4, 4:-4] = 100
    matte[6:-6, 6:-6] = 255
    red, blue = (np.full((40, 60, 3), colour, np.uint8) for colour in ((255, 0, 0), (0, 0, 255)))
    return OccluderBank(hands=[(red, matte)], objects=[(blue, matte)])


def test_a_cut_out_lies_on_the_face_with_its_own_colours_and_a_hard_edge() -> None:
    image, mask = training_face(96, 96)
    before = image.copy(), mask.copy()
    step = PasteCutout(occluders=bank(), kinds=("hand", "object"), labels=OCCLUDED_LABELS["parsing"])
    face = mask_box(mask)
    colours = set()
    for seed in range(30):
        out, label = step(image, mask, np.random.default_rng(seed))
        pasted = label == 19
        found = np.unique(out[pasted], axis=0).tolist()
        assert found in ([[255, 0, 0]], [[0, 0, 255]]), "no blending"
        assert np.array_equal(out[~pasted], image[~pasted])
        assert np.array_equal(label[~pasted], mask[~pasted])
        assert 0 < pasted.sum() <= 1.1 * face.width * face.height
        colours.add(tuple(found[0]))
    assert len(colours) == 2, "both kinds"
    assert np.array_equal(image, before[0]) and np.array_equal(mask, before[1])


def test_only_the_kinds_that_were_chosen_are_pasted_and_hidden_face_is_background() -> None:
    image, mask = training_face(96, 96)
    step = PasteCutout(occluders=bank(), kinds=("hand",), labels=OCCLUDED_LABELS["mask"])
    for seed in range(10):
        out, label = step(image, mask, np.random.default_rng(seed))
        red = (out == (255, 0, 0)).all(-1)
        assert red.any() and not label[red].any()
        assert np.array_equal(label[~red], mask[~red])


def test_a_picture_without_face_stays_as_it_is() -> None:
    image, mask = training_face(96, 96)
    step = PasteCutout(occluders=bank(), kinds=("hand",), labels=OCCLUDED_LABELS["mask"])
    out, _ = step(image, np.zeros_like(mask), np.random.default_rng(0))
    assert np.array_equal(out, image)
