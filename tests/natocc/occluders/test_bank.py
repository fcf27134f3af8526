from __future__ import annotations

import pickle
import re
from dataclasses import replace

import cv2
import numpy as np
import pytest

from benchmarks import inputs
from natocc import NatOcc, OccluderBank
from natocc.geometry import Image
from natocc.occluders.occluder import make_occluder
from natocc.profiles import BEST
from tests.natocc.banks import bank, training_face


def disc(inside: int, outside: int) -> tuple[Image, Image]:
    """A grey disc on a ground of another level, with its matte of 0 and 255."""
    matte = np.zeros((120, 100), np.uint8)
    cv2.circle(matte, (50, 60), 40, 255, -1, cv2.LINE_AA)
    weight = matte[..., None] / 255
    return np.rint(inside * weight + outside * (1 - weight)).repeat(3, 2).astype(np.uint8), matte


def test_a_grey_cut_out_from_black_leaves_no_dark_halo_on_the_same_grey() -> None:
    grey = np.full((128, 128, 3), 130, np.uint8)
    face = np.zeros((128, 128), np.uint8)
    face[30:100, 30:100] = 1
    occluders = OccluderBank(objects=[disc(130, 0)], long_side=64)
    transform = NatOcc(occluders, harmonise=False, profile=replace(BEST, shadow=False), p=1)
    seen = 0
    for seed in range(12):
        out = transform.occlude(image=grey, mask=face, seed=seed)
        if '"tone": null' in out["occlusion"]["params"]:
            seen += out["alpha"].any()
            assert np.abs(out["image"].astype(int) - 130).max() <= 1
    assert seen > 2


def test_matte_of_0_and_1_or_of_booleans_counts_as_0_and_255() -> None:
    rgb, matte = disc(90, 20)
    hard = np.where(matte > 127, 255, 0).astype(np.uint8)
    for other in ((hard > 0).astype(np.uint8), hard > 0):
        found = OccluderBank(objects={"disc": (rgb, other)}).objects["disc"]
        expected = OccluderBank(objects={"disc": (rgb, hard)}).objects["disc"]
        assert found.alpha is not None and expected.alpha is not None
        assert np.array_equal(found.alpha[0], expected.alpha[0]) and found.alpha[0].max() == 255


def test_long_side_bounds_the_memory() -> None:
    large, small = (OccluderBank(hands=[inputs.hand()], long_side=side) for side in (None, 256))
    assert max(large.hands["0"].size) > 1000 and max(small.hands["0"].size) == 256
    assert small.nbytes < large.nbytes / 12
    again = OccluderBank(hands=large.hands, textures=bank().textures, long_side=128)
    assert max(again.hands["0"].size) == 128 and max(again.textures["brick"].size) == 128


def test_it_pickles_whole() -> None:
    copy = pickle.loads(pickle.dumps(bank()))
    assert repr(copy) == repr(bank()) and "hands=1, objects=1, textures=3" in repr(copy)
    assert np.array_equal(copy.hands["hand"].rgb[0], bank().hands["hand"].rgb[0])
    image, mask = training_face()
    outs = [NatOcc(one).occlude(image=image, mask=mask, seed=4)["image"] for one in (copy, bank())]
    assert np.array_equal(*outs)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"hands": {"a": (np.zeros((9, 9, 3), np.float32), np.ones((9, 9), np.uint8))}},
            "hands 'a': expected an RGB",
        ),
        (
            {"objects": [np.zeros((9, 9, 4), np.uint8)]},
            "objects '0': expected a pair (rgb, matte), got uint8 9x9x4",
        ),
        ({"objects": [(*disc(9, 0)[:1], np.ones((9, 9), np.uint8))]}, "matte: expected uint8 120x100"),
        (
            {"objects": [(disc(9, 0)[0], np.zeros((120, 100), np.uint8))]},
            "objects '0': cut-out: expected a matte",
        ),
        ({"objects": [make_occluder(disc(9, 0)[0], None)]}, "expected a cut-out with a matte, got a texture"),
        ({"textures": [disc(9, 0)]}, "textures '0': expected one RGB array, got a tuple"),
        ({"objects": [disc(9, 0)], "long_side": 2}, "long_side: expected 8 pixels or more, got 2"),
    ],
)
def test_other_arrays_are_refused_by_name(given: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        OccluderBank(**given)  # type: ignore[arg-type]
