from __future__ import annotations

import pytest
import torch

from models.not_finite import first_not_finite

SOUND = {"weight": torch.zeros(2), "steps": 3, "name": "adam"}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_a_value_that_is_not_finite_is_found_at_any_depth(value: float) -> None:
    broken = {"state": {0: [(torch.ones(3), torch.tensor([0.0, value]))]}}
    assert first_not_finite({"network": SOUND, "optimiser": broken}) == "optimiser"


def test_finite_states_integers_and_empty_tensors_are_sound() -> None:
    assert first_not_finite({"a": SOUND, "b": {"count": torch.tensor(2), "none": torch.zeros(0)}}) is None
    assert first_not_finite({}) is None


def test_the_first_broken_state_is_named() -> None:
    broken = {"w": torch.tensor(float("nan"))}
    assert first_not_finite({"b": broken, "a": broken}) == "b"
