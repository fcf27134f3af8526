from __future__ import annotations

import json
import pickle
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import albumentations
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from natocc import NatOcc, OccluderBank, RandOcc
from natocc.profiles import BEST
from tests.natocc.banks import bank, out_of_reach, training_face

ROOT = Path(__file__).parents[3]
PLANES = ("image", "mask", "alpha")


def make(name: str, **options: Any) -> Any:
    kind = {"natocc": NatOcc, "randocc": RandOcc}[name]
    return kind(bank(), **({"p": 1.0} | options))


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return one["occlusion"] == other["occlusion"] and all(np.array_equal(one[k], other[k]) for k in PLANES)


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


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"image": np.zeros((64, 64, 3), np.float32)}, "image as RGB uint8 HxWx3, got float32 (64, 64, 3)"),
        ({"image": np.zeros((64, 64), np.uint8)}, "image as RGB uint8 HxWx3, got uint8 (64, 64)"),
        ({"mask": np.zeros((64, 64), np.float32)}, "HxW (64, 64) of integers or booleans, like the image"),
        ({"mask": np.zeros((32, 64), np.uint8)}, "like the image, got uint8 (32, 64)"),
        ({"mask": None}, "expected image=… and mask=…, got 0 unnamed and image, mask"),
        ({"alpha": np.zeros((64, 64), np.float32)}, "expected alpha as uint8 HxW"),
        ({"masks": []}, "expected mask=… and additional targets, got masks=…"),
    ],
)
def test_other_arrays_are_refused_in_words(change: dict[str, Any], message: str) -> None:
    sample = {"image": np.zeros((64, 64, 3), np.uint8), "mask": np.ones((64, 64), np.uint8)}
    with pytest.raises(ValueError, match=re.escape(message)):
        make("natocc")(**(sample | change))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"profile": "worst"}, "NatOcc: expected profile paper, code, best, got 'worst'"),
        ({"p": 2}, "NatOcc: expected p in 0-1, got 2"),
        ({"face_classes": (0, 1)}, "expected occluded_value outside face_classes, got 0 in both"),
        ({"colour_transfer": 5}, "NatOcc: expected colour_transfer in 0-1, got 5"),
        ({"weights": {"randocc": 1}}, "NatOcc: expected weights of hand and object, got {'randocc': 1}"),
        ({"weights": {"hand": 0}}, "expected kinds with a weight and occluders of each, got {'hand': 0}"),
        ({"occluders": OccluderBank()}, "expected kinds with a weight and occluders of each, got {}"),
    ],
)
def test_other_settings_are_refused_in_words(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        NatOcc(**({"occluders": bank()} | options))


def test_a_mask_that_cannot_hold_the_value_is_refused() -> None:
    image, mask = training_face()
    with pytest.raises(ValueError, match="can hold occluded_value=19, got bool"):
        make("natocc", occluded_value=19).occlude(image=image, mask=mask > 0, seed=0)


@pytest.mark.parametrize("name", ["natocc", "randocc"])
def test_a_report_renders_the_same_again_from_its_parameters_alone(name: str) -> None:
    image, mask = training_face()
    transform = make(name)
    for _ in range(6):
        out = transform(image=image, mask=mask)
        report = json.loads(json.dumps(out["occlusion"]))
        assert same(out, transform.replay(image=image, mask=mask, occlusion=report))
        assert same(out, transform.occlude(image=image, mask=mask, seed=report["seed"]))
    with pytest.raises(ValueError, match="expected the occluder 'gone' in the bank"):
        transform.replay(image=image, mask=mask, occlusion=report | {"occluder": "gone"})


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


def test_the_face_is_neither_missed_nor_hidden_whole() -> None:
    """Placements outside the limits are drawn anew; if none fits, the sample is as it was and says why."""
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


def test_two_in_a_row_add_up() -> None:
    image, mask = training_face()
    pair = albumentations.Compose([make("natocc"), make("randocc", report="second")], seed=4)
    for _ in range(4):
        out = pair(image=image, mask=mask)
        alone = make("natocc").occlude(image=image, mask=mask, seed=out["occlusion"]["seed"])
        second = {"image": alone["image"], "mask": alone["mask"], "seed": out["second"]["seed"]}
        then = make("randocc", report="second").occlude(**second)
        assert np.array_equal(out["image"], then["image"]) and np.array_equal(out["mask"], then["mask"])
        through = (1 - alone["alpha"] / 255) * (1 - then["alpha"] / 255)
        assert np.abs(out["alpha"] / 255 - (1 - through)).max() <= 0.51 / 255
    half = {"p": 0.5, "colour_transfer": 0}
    twice = albumentations.Compose([make("natocc", **half), make("natocc", report="second", **half)], seed=4)
    outs = [twice(image=image, mask=mask) for _ in range(20)]
    apart = sum(out["occlusion"]["applied"] != out["second"]["applied"] for out in outs)
    assert 3 < apart < 17
    with pytest.raises(ValueError, match="no key 'occlusion' in the sample yet"):
        albumentations.Compose([make("natocc"), make("randocc")])(image=image, mask=mask)


def test_it_pickles_and_goes_on_alike() -> None:
    image, mask = training_face()
    transform = make("natocc")
    copy = pickle.loads(pickle.dumps(transform))
    assert all(same(transform(image=image, mask=mask), copy(image=image, mask=mask)) for _ in range(3))


def test_importing_natocc_loads_nothing_heavy() -> None:
    code = "import sys, natocc; print([m for m in ('albumentations', 'torch', 'cv2', 'numpy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_without_albumentations_they_work_alone_and_say_what_compose_needs(tmp_path: Path) -> None:
    image, mask = training_face()
    transform = make("natocc")
    np.savez(tmp_path / "in.npz", image=image, mask=mask)
    (tmp_path / "bank").write_bytes(pickle.dumps(bank()))
    code = """if True:
        import pickle, sys
        import numpy as np
        sys.modules["albumentations"] = None
        from natocc import NatOcc
        sample = np.load(sys.argv[1] + "/in.npz")
        transform = NatOcc(pickle.load(open(sys.argv[1] + "/bank", "rb")), p=1)
        transform.set_random_seed(3)
        out = transform(image=sample["image"], mask=sample["mask"])
        np.savez(sys.argv[1] + "/out.npz", image=out["image"], seed=out["occlusion"]["seed"])
        pickle.loads(pickle.dumps(transform))
        try:
            transform.add_targets({})
        except ImportError as error:
            print(error)
    """
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "expected albumentations 2.0.8 to be installed, got none" in done.stdout, done.stderr
    out = np.load(tmp_path / "out.npz")
    again = transform.occlude(image=image, mask=mask, seed=int(out["seed"]))
    assert np.array_equal(out["image"], again["image"])


@pytest.mark.parametrize(
    "weights", [{"hand": float("inf"), "object": 1.0}, {"hand": float("nan")}, {"hand": -1.0}]
)
def test_weights_that_are_no_weights_are_refused(weights: Any) -> None:
    with pytest.raises(ValueError, match="expected weights of 0 or more"):
        NatOcc(bank(), weights=weights)


@pytest.mark.parametrize("name", ["image", "mask", "alpha"])
def test_a_report_may_not_take_the_name_of_a_picture(name: str) -> None:
    with pytest.raises(ValueError, match="expected a name of its own for the report"):
        RandOcc(bank(), report=name)
