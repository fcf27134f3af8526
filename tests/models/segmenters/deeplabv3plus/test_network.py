from __future__ import annotations

import pytest
import torch

from models.segmenters.deeplabv3plus.network import AtrousHead, DeepLabV3Plus


def test_scores_have_the_size_of_the_first_features() -> None:
    head = AtrousHead(4, 8, channels=6, channels_fine=3, classes=2).eval()
    scores = head([torch.rand(1, 4, 16, 12), torch.rand(1, 8, 4, 3)])
    assert scores.shape == (1, 2, 16, 12)
    assert [module.depthwise_conv.conv.dilation[0] for module in list(head.aspp_modules)[1:]] == [12, 24, 36]


def test_a_lite_backbone_has_a_quarter_of_the_dilations() -> None:
    with torch.device("meta"):
        network = DeepLabV3Plus(backbone="lite0")
    modules = list(network.decode_head.aspp_modules)[1:]
    assert [module.depthwise_conv.conv.dilation[0] for module in modules] == [3, 6, 9]
    assert network.backbone.channels == (24, 40, 112, 320)


def test_an_unknown_backbone_is_refused() -> None:
    with pytest.raises(ValueError, match=r"backbone: expected one of resnet18, .*, got 'vgg'"):
        DeepLabV3Plus(backbone="vgg")
