from __future__ import annotations

import torch
from torch.nn import functional

from models.segmenters.layers.convolutions import NormedConv, SeparableConv


def test_a_dilated_convolution_keeps_the_size_and_names_its_tensors() -> None:
    layer = NormedConv(2, 3, 3, dilation=4)
    assert layer(torch.rand(2, 2, 9, 7)).shape == (2, 3, 9, 7)
    assert {name.partition(".")[0] for name in layer.state_dict()} == {"conv", "bn"}


def test_a_separable_convolution_filters_each_channel_then_joins_them() -> None:
    layer = SeparableConv(2, 3).eval()
    image = torch.rand(1, 2, 5, 5)
    state = layer.state_dict()
    scale = 1 / (1 + 1e-5) ** 0.5
    inner = functional.conv2d(image, state["depthwise_conv.conv.weight"], padding=1, groups=2)
    outer = functional.conv2d(torch.relu(inner * scale), state["pointwise_conv.conv.weight"])
    torch.testing.assert_close(layer(image), torch.relu(outer * scale))


def test_weights_start_with_the_variance_of_mmcv_s() -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        wide, depthwise = NormedConv(16, 256, 3), NormedConv(256, 256, 3, groups=256)
    for layer in (wide, depthwise):
        assert (
            abs(float(layer.get_parameter("conv.weight").detach().std()) / (2 / (256 * 9)) ** 0.5 - 1) < 0.05
        )
