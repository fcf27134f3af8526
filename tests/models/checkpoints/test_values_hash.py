from __future__ import annotations

import io
from collections import OrderedDict

import pytest
import torch

from models.checkpoints.read import read_content
from models.checkpoints.values_hash import values_sha256
from tests.models.published import saved

CONTENT = {
    "step": 7,
    "settings": {"seed": 1, "rate": 1e-3, "none": None, "flag": True},
    "weights": OrderedDict(
        w=torch.arange(6.0).reshape(2, 3).T, half=torch.ones(2, dtype=torch.bfloat16), one=torch.tensor(2)
    ),
    "optimisers": [{"state": {0: {"step": torch.tensor(1.0)}}, "param_groups": [{"betas": (0.5, 0.999)}]}],
    "empty": torch.zeros(0, 3),
}


def test_what_is_read_has_the_hash_of_what_was_written() -> None:
    assert values_sha256(read_content(saved(CONTENT))) == values_sha256(CONTENT)


@pytest.mark.parametrize(
    "changed",
    [
        {"step": 8},
        {"step": 7.0},
        {"step": True},
        {"settings": {"seed": 1}},
        {"empty": torch.zeros(3, 0)},
        {"weights": CONTENT["weights"] | {"one": torch.tensor(3)}},
        {"optimisers": []},
    ],
)
def test_any_change_changes_it(changed: dict[str, object]) -> None:
    assert values_sha256(CONTENT | changed) != values_sha256(CONTENT)


def test_texts_beside_each_other_are_told_apart() -> None:
    assert values_sha256(["ab", "c"]) != values_sha256(["a", "bc"])


def test_another_value_is_refused() -> None:
    with pytest.raises(TypeError, match="expected tensors, numbers and texts, got a BytesIO"):
        values_sha256({"a": io.BytesIO()})
