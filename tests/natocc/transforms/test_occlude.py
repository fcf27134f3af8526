from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.natocc.banks import make, out_of_reach, training_face

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("profile", ["best", "paper", "code"])
@pytest.mark.parametrize("name", ["natocc", "randocc"])
def test_mask_and_alpha_agree_by_the_label_rule(name: str, profile: str) -> None:
    image, mask = training_face()
    transform = make(name, profile=profile)
    for seed in range(8):
        out = transform.occlude(image=image, mask=mask, seed=seed)
        assert out["occlusion"]["applied"]
        shows = out["alpha"] / (255 * out["occlusion"]["opacity"]) < 0.5
        assert np.array_equal(out["mask"], (mask > 0) & shows)
        far = out_of_reach(out)
        assert far.any() and np.array_equal(out["image"][far], image[far])
        hidden = 1 - np.count_nonzero(out["mask"]) / np.count_nonzero(mask)
        assert out["occlusion"]["hidden_ratio"] == pytest.approx(hidden)
        assert 0.03 <= hidden <= 0.6 or profile != "best"


@pytest.mark.parametrize("name", ["natocc", "randocc"])
def test_what_comes_in_stays_as_it_is(name: str) -> None:
    image, mask = (plane.copy() for plane in training_face())
    out = make(name).occlude(image=image, mask=mask, seed=1)
    out["image"][:], out["mask"][:], out["alpha"][:] = 7, 7, 7
    assert all(np.array_equal(*pair) for pair in zip((image, mask), training_face(), strict=True))


@settings(max_examples=12)
@given(height=st.integers(64, 400), width=st.integers(64, 400), seed=st.integers(0, 99))
def test_any_size(height: int, width: int, seed: int) -> None:
    image, mask = training_face(height, width)
    for name in ("natocc", "randocc"):
        out = make(name).occlude(image=image, mask=mask, seed=seed)
        assert out["image"].shape == (height, width, 3) and out["mask"].shape == (height, width)
        assert out["alpha"].shape == (height, width) and out["alpha"].dtype == np.uint8
        assert out["occlusion"]["applied"]


def test_a_large_picture_and_a_face_of_one_pixel() -> None:
    image, mask = training_face(1024, 700)
    assert make("natocc").occlude(image=image, mask=mask, seed=0)["alpha"].any()
    speck = np.zeros_like(mask)
    speck[500, 300] = 1
    for name in ("natocc", "randocc"):
        out = make(name).occlude(image=image, mask=speck, seed=0)
        assert out["occlusion"]["applied"] or np.array_equal(out["image"], image)


def test_masks_of_0_and_1_of_0_and_255_and_of_booleans_tell_the_same() -> None:
    image, mask = training_face()
    transform = make("natocc")
    plain = transform.occlude(image=image, mask=mask, seed=3)["mask"]
    assert 0 < np.count_nonzero(plain) < np.count_nonzero(mask)
    for given_mask in (mask * np.uint8(255), mask > 0, mask.astype(np.int64)):
        out = transform.occlude(image=image, mask=given_mask, seed=3)["mask"]
        assert out.dtype == given_mask.dtype
        assert np.array_equal(out, given_mask * (plain > 0))


def test_a_parsing_map_gets_the_occluder_as_a_class_on_the_face_and_off_it() -> None:
    image, mask = training_face()
    classes = np.where(mask > 0, 1, 13).astype(np.uint8)
    classes[:100][mask[:100] > 0] = 4
    options: dict[str, Any] = {"face_classes": (1, 4), "occluded_value": 19}
    everywhere = make("natocc", everywhere=True, **options).occlude(image=image, mask=classes, seed=2)
    on_face = make("natocc", **options).occlude(image=image, mask=classes, seed=2)
    hidden = everywhere["alpha"] >= 127.5
    assert (hidden & (classes == 13)).any() and (hidden & (classes != 13)).any()
    assert np.array_equal(everywhere["mask"], np.where(hidden, 19, classes))
    assert np.array_equal(on_face["mask"], np.where(hidden & (classes != 13), 19, classes))


def test_a_sample_without_a_face_is_given_back_and_says_so() -> None:
    image, mask = training_face()
    out = make("natocc").occlude(image=image, mask=np.zeros_like(mask), seed=0)
    assert out["image"] is image and not out["mask"].any()
    assert out["alpha"].shape == mask.shape and not out["alpha"].any()
    assert not out["occlusion"]["applied"] and out["occlusion"]["reason"] == "no_face"


def test_probability_and_weights_hold() -> None:
    image, mask = training_face(64, 64)
    transform = make("natocc", p=0.3, weights={"hand": 3, "object": 1}, colour_transfer=0)
    transform.set_random_seed(0)
    reports = [transform(image=image, mask=mask)["occlusion"] for _ in range(400)]
    drawn = [report for report in reports if report["applied"]]
    assert len(drawn) / 400 == pytest.approx(0.3, abs=0.07)
    hands = sum(report["kind"] == "hand" for report in drawn)
    assert hands / len(drawn) == pytest.approx(0.75, abs=0.12)
    assert {report["reason"] for report in reports if not report["applied"]} == {"not_drawn"}


def test_importing_natocc_loads_nothing_heavy() -> None:
    code = "import sys, natocc; print([m for m in ('albumentations', 'torch', 'cv2', 'numpy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
