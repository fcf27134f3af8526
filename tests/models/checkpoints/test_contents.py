"""What lies in a checkpoint, and where."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from models.checkpoints.contents import (
    StatePlace,
    entries_of,
    has_tensors,
    is_plain,
    places_in,
    problem_of,
    tensor_keys,
)


def test_dicts_are_unfolded_by_dotted_names() -> None:
    entries = entries_of({"a.b": 1, 2: {"c": {"d": torch.ones(1)}, "e": []}}, "x")
    assert [(entry.folder, entry.name, entry.key) for entry in entries] == [
        ("", "a.b", "a.b"),
        ("2.c", "d", "2.c.d"),
        ("2", "e", "2.e"),
    ]
    assert tensor_keys(entries) == ["2.c.d"]
    assert tensor_keys(entries[:1]) == ["no tensors (int)"] and tensor_keys([]) == ["no tensors (nothing)"]


def test_a_dict_in_itself_and_a_deep_one_end() -> None:
    circle: dict[str, object] = {"a": 1}
    circle["b"] = {"c": circle}
    assert [entry.key for entry in entries_of(circle, "x")] == ["a"]
    deep: dict[str, object] = {"a": 1}
    for _ in range(9):
        deep = {"a": deep}
    assert not entries_of(deep, "x")


def test_a_place_is_a_dict_and_a_prefix() -> None:
    weight = torch.ones(1)
    entries = entries_of({"n": {"x.a": weight, "xa": weight, "y.a": 1}, "a": weight, "ba": weight}, "x")
    assert places_in(entries, ["a"]) == [StatePlace("n", "x."), StatePlace("", "")]
    assert [place.key for place in places_in(entries, ["a"])] == ["n.x", ""]


def test_plain_values_are_told_from_tensors() -> None:
    for plain in (
        None,
        True,
        1,
        0.5,
        1j,
        "x",
        b"x",
        np.float64(1),
        np.bool_(True),
        [1, (2, {3})],
        torch.Size([1]),
    ):
        assert is_plain(plain) and not has_tensors(plain)
    for other in (torch.ones(1), [torch.ones(1)], {"a": ({"b": torch.ones(1)},)}):
        assert has_tensors(other) and not is_plain(other)
    assert not is_plain(np.ones(1)) and not has_tensors(np.ones(1))


@pytest.mark.parametrize(
    "value", [torch.ones(2)[:1], torch.zeros(0), torch.ones(1, device="meta"), torch.tensor(1)]
)
def test_a_tensor_with_its_values_has_no_problem(value: torch.Tensor) -> None:
    assert problem_of(value) is None
