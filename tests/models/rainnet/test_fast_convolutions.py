"""The quick way against the library's, below and above the size where it ends."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from models.rainnet.fast_convolutions import Down, Up

SIDES = [(2, 2), (2, 4), (16, 16), (16, 8), (32, 32)]


def features(sides: tuple[int, int]) -> Tensor:
    return torch.randn(3, 5, *sides, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


def gradients(layer: nn.Module, inputs: Tensor, out: Tensor) -> list[Tensor]:
    weight = torch.arange(out.numel(), dtype=out.dtype).reshape(out.shape)
    return list(torch.autograd.grad((out * weight).sum(), [inputs, *layer.parameters()]))


@pytest.mark.parametrize("sides", SIDES)
def test_halving_is_the_convolution(sides: tuple[int, int]) -> None:
    torch.manual_seed(0)
    layer, inputs = Down(5, 7).double(), features(sides).requires_grad_()
    out, expected = layer(inputs), functional.conv2d(inputs, layer.weight, stride=2, padding=1)
    torch.testing.assert_close(out, expected)
    assert out.shape == (3, 7, sides[0] // 2, sides[1] // 2)
    torch.testing.assert_close(gradients(layer, inputs, out), gradients(layer, inputs, expected))


@pytest.mark.parametrize("sides", [(1, 1), (1, 3), *SIDES])
def test_doubling_is_the_transposed_convolution(sides: tuple[int, int]) -> None:
    torch.manual_seed(0)
    layer, inputs = Up(5, 7).double(), features(sides).requires_grad_()
    out, expected = layer(inputs), functional.conv_transpose2d(inputs, layer.weight, stride=2, padding=1)
    torch.testing.assert_close(out, expected)
    assert out.shape == (3, 7, sides[0] * 2, sides[1] * 2)
    torch.testing.assert_close(gradients(layer, inputs, out), gradients(layer, inputs, expected))


def test_weights_are_those_of_the_librarys_layers() -> None:
    assert {key: value.shape for key, value in Down(5, 7).state_dict().items()} == {"weight": (7, 5, 4, 4)}
    assert {key: value.shape for key, value in Up(5, 7).state_dict().items()} == {"weight": (5, 7, 4, 4)}
