from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from natocc import NatOcc, OccluderBank, RandOcc
from tests.natocc.banks import bank


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"profile": "worst"}, "NatOcc: expected profile paper, code, best or a Profile, got 'worst'"),
        ({"profile": None}, "expected profile paper, code, best or a Profile, got None"),
        ({"face_classes": 1}, "expected face_classes as integers, like (1, 2), got 1"),
        ({"face_classes": "skin"}, "expected face_classes as integers, like (1, 2), got 'skin'"),
        ({"occluded_value": 0.5}, "expected occluded_value as an integer, got 0.5"),
        ({"report": "masks"}, "expected a free name for the report, like 'occlusion', got 'masks'"),
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


@pytest.mark.parametrize(
    "weights", [{"hand": float("inf"), "object": 1.0}, {"hand": float("nan")}, {"hand": -1.0}]
)
def test_weights_that_are_no_weights_are_refused(weights: Any) -> None:
    with pytest.raises(ValueError, match="expected weights of 0 or more"):
        NatOcc(bank(), weights=weights)


@pytest.mark.parametrize("name", ["image", "mask", "alpha"])
def test_a_report_may_not_take_the_name_of_a_picture(name: str) -> None:
    with pytest.raises(ValueError, match="expected a free name for the report"):
        RandOcc(bank(), report=name)


@pytest.mark.parametrize("transform", [NatOcc, RandOcc])
@pytest.mark.parametrize(
    ("given", "got", "advice"),
    [
        ("banks/mine", "the path 'banks/mine'", "natocc.load_occluders('banks/mine') for a prepared bank"),
        (Path("mine"), "the path 'mine'", "natocc.load_cutouts('mine')) for a folder of cut-outs"),
        (None, "None", "natocc.load_occluders('data/bank')"),
        ([1], "a list", "natocc.load_occluders('data/bank')"),
        ({}, "a dict", "natocc.OccluderBank(objects=natocc.load_cutouts('cutouts'))"),
        (3, "a int", "natocc.load_occluders('data/bank')"),
    ],
)
def test_anything_but_a_bank_is_refused_with_how_to_load_one(
    transform: Any, given: object, got: str, advice: str
) -> None:
    expected = f"{transform.__name__}: expected an OccluderBank, got {got}; give "
    with pytest.raises(TypeError, match=re.escape(expected)) as caught:
        transform(given)
    assert advice in str(caught.value)
