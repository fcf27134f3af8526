from __future__ import annotations

import pytest
import torch

from models.segmenters.encoder_unet.network import PlainResNet18
from models.segmenters.resnet.network import Bottleneck, ResNet


def test_features_keep_an_eighth_of_the_sides() -> None:
    network = ResNet(18)
    features = network(torch.rand(2, 3, 64, 96))
    assert [tuple(one.shape[1:]) for one in features] == [
        (64, 16, 24),
        (128, 8, 12),
        (256, 8, 12),
        (512, 8, 12),
    ]
    assert network.channels == (64, 128, 256, 512)


def test_the_first_block_of_a_dilated_stage_has_half_the_dilation() -> None:
    with torch.device("meta"):
        network = ResNet(50)
    found = [
        [block.conv2.dilation[0] for block in network.get_submodule(f"layer{stage}").children()]
        for stage in (3, 4)
    ]
    assert found == [[1, 2, 2, 2, 2, 2], [2, 4, 4]]
    strides = [network.get_submodule(f"layer{stage}.0.conv2").stride for stage in range(1, 5)]
    assert strides == [(1, 1), (2, 2), (1, 1), (1, 1)]


def test_a_block_adds_its_input() -> None:
    block = Bottleneck(8, 2, stride=1, dilation=1).eval()
    for value in block.parameters():
        torch.nn.init.zeros_(value)
    features = torch.randn(1, 8, 4, 4)
    assert torch.equal(block(features), torch.relu(features))


@pytest.mark.parametrize(("depth", "last"), [(18, "bn2"), (50, "bn3")])
def test_untrained_blocks_pass_their_shortcut_on(depth: int, last: str) -> None:
    network = ResNet(depth).eval()
    norms = {name: norm for name, norm in network.named_modules() if isinstance(norm, torch.nn.BatchNorm2d)}
    zero = {name for name, norm in norms.items() if not norm.weight.any()}
    assert zero == {name for name in norms if name.endswith(f".{last}")} and zero
    assert all(norm.weight.eq(1).all() for name, norm in norms.items() if name not in zero)
    features = torch.rand(1, network.channels[0], 4, 4)
    assert torch.equal(network.get_submodule("layer1.1")(features), features)


def test_the_blocks_of_faceocc_s_encoder_do_not() -> None:
    weights = [norm.weight for norm in PlainResNet18().modules() if isinstance(norm, torch.nn.BatchNorm2d)]
    assert len(weights) == 20 and all(weight.eq(1).all() for weight in weights)


def test_an_unknown_depth_is_refused() -> None:
    with pytest.raises(ValueError, match="depth: expected one of 18, 50, 101, got 34"):
        ResNet(34)
