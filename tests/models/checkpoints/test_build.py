"""Networks built strictly: sizes from shapes, types that are converted, and everything named that does not fit."""

from __future__ import annotations

import pytest
import torch

from models.checkpoints.build import build_strict, count, shape


def _linear(weight: torch.Tensor) -> torch.nn.Linear:
    return build_strict(lambda: torch.nn.Linear(2, 1), {"weight": weight, "bias": torch.zeros(1)}, "x")


def test_a_network_has_all_values_and_waits_to_predict() -> None:
    weights = {"weight": torch.ones(1, 2, dtype=torch.float16), "bias": torch.zeros(1)}
    network = build_strict(lambda: torch.nn.Linear(2, 1), weights, "x")
    assert not network.training and network(torch.ones(1, 2)).item() == 2
    assert {(weight.dtype, weight.requires_grad) for weight in network.parameters()} == {
        (torch.float32, True)
    }


def test_shapes_and_counts_that_a_configuration_is_read_from() -> None:
    state = {
        "b.0.w": torch.zeros(2, 3),
        "b.0.v": torch.zeros(0),
        "b.2.w": torch.zeros(1),
        "b.x": torch.zeros(1),
    }
    assert (
        count(state, "b.", ".w") == 2
        and count(state, "b.", ".v") == 1
        and shape(state, "b.0.w", 2, "x") == (2, 3)
    )
    with pytest.raises(
        ValueError, match=r"x: expected a tensor c, which is missing; use the whole published file"
    ):
        shape(state, "c", 2, "x")
    with pytest.raises(ValueError, match=r"x: expected b\.0\.w with 4 dimensions, got shape \(2, 3\)"):
        shape(state, "b.0.w", 4, "x")
    with pytest.raises(ValueError, match=r"got shape \(0,\)"):
        shape(state, "b.0.v", 1, "x")


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16, torch.float64])
def test_types_of_which_float32_holds_every_value_are_converted(kind: torch.dtype) -> None:
    network = _linear(torch.tensor([[0.5, -3.0]]).to(kind))
    assert network.weight.dtype == torch.float32 and network.weight.tolist() == [[0.5, -3.0]]


@pytest.mark.parametrize(
    "kind",
    [torch.float8_e4m3fn, torch.float8_e5m2, torch.int8, torch.uint16, torch.bool, torch.complex64],
)
def test_other_types_are_refused_with_the_tensor_and_the_type(kind: torch.dtype) -> None:
    name = str(kind).removeprefix("torch.")
    with pytest.raises(ValueError) as error:
        _linear(torch.ones(1, 2).to(kind))
    assert str(error.value) == (
        "x: expected exactly the 2 tensors of Linear, got of a type that is not converted: "
        f"weight ({name}); save the network as float32 (model.float())"
    )


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        (torch.tensor([[1e300, 0]], dtype=torch.float64), "beyond the range of float32: weight; save"),
        (torch.tensor([[float("nan"), 0]]), "NaN or infinite: weight; use"),
        (torch.tensor([[float("inf"), 0]], dtype=torch.float64), "NaN or infinite: weight; use"),
        (torch.zeros(0, 2), r"of another shape: weight \(expected \(1, 2\), got \(0, 2\)\); use"),
    ],
)
def test_values_and_shapes_that_do_not_fit_are_named(weight: torch.Tensor, message: str) -> None:
    with pytest.raises(ValueError, match=f"got {message}"):
        _linear(weight)


def test_many_names_are_counted() -> None:
    state = {f"extra{number}": torch.zeros(1) for number in range(9)}
    with pytest.raises(ValueError, match=r"missing: weight, bias; unknown: extra0, .*, extra4 and 4 more;"):
        build_strict(lambda: torch.nn.Linear(2, 1), state, "x")


def test_values_that_all_become_zero_as_float32_are_refused() -> None:
    with pytest.raises(
        ValueError, match="got beyond the range of float32: weight; save the network as float32"
    ):
        _linear(torch.full((1, 2), 1e-300, dtype=torch.float64))
    assert _linear(torch.zeros(1, 2, dtype=torch.float64)).weight.tolist() == [[0, 0]]
    assert _linear(torch.tensor([[1e-300, 1]], dtype=torch.float64)).weight.tolist() == [[0, 1]]
