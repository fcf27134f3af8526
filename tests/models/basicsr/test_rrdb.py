"""RRDBNet beside BasicSR's, which trained and published the weights: equal names, equal pictures."""

from __future__ import annotations

import sys

import pytest
import torch
from torch import nn

from models.rrdb.network import RRDBConfig, RRDBNet
from models.rrdb.weights import load_rrdbnet
from tests.models.basicsr.parts import part, require_basicsr
from tests.models.published import saved

require_basicsr()
THEIRS = part("archs.rrdbnet_arch").RRDBNet


def _theirs(scale: int, *, blocks: int, width: int, growth: int) -> nn.Module:
    return THEIRS(3, 3, scale=scale, num_feat=width, num_block=blocks, num_grow_ch=growth).eval()


@pytest.mark.parametrize("scale", [4, 2, 1])
def test_equal_weights_make_equal_pictures(scale: int) -> None:
    torch.manual_seed(scale)
    theirs = _theirs(scale, blocks=3, width=8, growth=4)
    for weight in theirs.parameters():
        nn.init.normal_(weight, std=0.2)
    ours = load_rrdbnet(saved({"params_ema": theirs.state_dict()}))
    images = torch.rand(2, 3, 20, 12)
    with torch.inference_mode():
        expected, got = theirs(images), ours(images)
    assert got.shape == expected.shape == (2, 3, 20 * scale, 12 * scale)
    assert expected.std() > 0.1
    torch.testing.assert_close(got, expected, rtol=1e-5, atol=1e-5 * float(expected.abs().max()))


def test_the_published_size_makes_equal_pictures() -> None:
    torch.manual_seed(0)
    theirs = THEIRS(3, 3).eval()
    ours = load_rrdbnet(saved(theirs.state_dict()))
    images = torch.rand(1, 3, 16, 16)
    with torch.inference_mode():
        torch.testing.assert_close(ours(images), theirs(images), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("scale", [4, 2, 1])
@pytest.mark.parametrize("blocks", [23, 6])
def test_weights_have_the_same_names_shapes_and_order(scale: int, blocks: int) -> None:
    with torch.device("meta"):
        ours = RRDBNet(RRDBConfig(scale=scale, blocks=blocks))
        theirs = _theirs(scale, blocks=blocks, width=64, growth=32)
    assert [(name, value.shape) for name, value in ours.state_dict().items()] == [
        (name, value.shape) for name, value in theirs.state_dict().items()
    ]


def test_gradients_are_equal_too() -> None:
    torch.manual_seed(0)
    theirs = _theirs(4, blocks=2, width=8, growth=4)
    ours = RRDBNet(RRDBConfig(blocks=2, width=8, growth=4))
    ours.load_state_dict(theirs.state_dict())
    images = torch.rand(1, 3, 8, 8)
    for network in (theirs, ours):
        network(images).square().mean().backward()
    for (name, got), expected in zip(ours.named_parameters(), theirs.parameters(), strict=True):
        assert got.grad is not None and expected.grad is not None
        torch.testing.assert_close(got.grad, expected.grad, rtol=1e-4, atol=1e-7, msg=name)


def test_nothing_of_it_needs_torchvision() -> None:
    assert sys.modules["basicsr.archs.arch_util"].make_layer
    assert not hasattr(sys.modules["basicsr.archs.arch_util"], "torchvision")
    assert not hasattr(sys.modules["basicsr"], "__version__")  # its __init__ has not run
