from __future__ import annotations

import json
import pickle

import albumentations
import numpy as np
import pytest

from tests.natocc.banks import make, same, training_face


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


def test_two_of_one_kind_draw_from_seeds_of_their_own_and_each_report_gives_its_step_again() -> None:
    image, mask = training_face(128, 128)
    pair = albumentations.Compose([make("natocc"), make("natocc", report="second")], seed=4)
    for _ in range(3):
        out = pair(image=image, mask=mask)
        assert out["occlusion"]["seed"] != out["second"]["seed"]
        alone = make("natocc")
        first = alone.occlude(image=image, mask=mask, seed=out["occlusion"]["seed"])
        assert first["occlusion"] == out["occlusion"]
        between = {"image": first["image"], "mask": first["mask"]}
        by_params = alone.replay(**between, occlusion=out["second"])
        by_seed = alone.occlude(**between, seed=out["second"]["seed"])
        assert by_seed["occlusion"] == out["second"], "whatever name the report has"
        for again in (by_params, by_seed):
            assert np.array_equal(again["image"], out["image"])
            assert np.array_equal(again["mask"], out["mask"])


def test_the_seed_of_the_default_report_is_the_generator_s() -> None:
    image, mask = training_face(64, 64)
    transforms = [make("natocc"), make("natocc", report="second")]
    for transform in transforms:
        transform.set_random_seed(1)
    drawn = int(np.random.default_rng(1).integers(0, 2**32, dtype=np.uint64))
    assert transforms[0](image=image, mask=mask)["occlusion"]["seed"] == drawn
    assert transforms[1](image=image, mask=mask)["second"]["seed"] != drawn


def test_a_report_needs_the_face_it_was_made_with() -> None:
    image, mask = training_face(128, 128)
    report = make("natocc").occlude(image=image, mask=mask, seed=0)["occlusion"]
    with pytest.raises(ValueError, match=r"NatOcc.replay: expected the mask that the sample was made with"):
        make("natocc").replay(image=image, mask=np.zeros_like(mask), occlusion=report)
    idle = make("natocc", p=0)(image=image, mask=mask)
    assert same(idle, make("natocc").replay(image=image, mask=mask, occlusion=idle["occlusion"]))


def test_data_without_names_are_refused() -> None:
    with pytest.raises(ValueError, match="NatOcc: expected image=… and mask=…"):
        make("natocc")(*training_face(64, 64))
