"""DeepLabv3+ in MMSegmentation's configuration: atrous pooling with separable convolutions, fine features."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from models.segmenters.efficientnet_lite.network import EfficientNetLite
from models.segmenters.layers.convolutions import NormedConv, SeparableConv
from models.segmenters.layers.inputs import enlarge
from models.segmenters.layers.two_heads import AuxiliaryHead, ClassHead, TwoHeads
from models.segmenters.resnet.network import ResNet

DILATIONS, _LITE_DILATIONS = (1, 12, 24, 36), (1, 3, 6, 9)
BACKBONES = ("resnet18", "resnet50", "resnet101", "lite0", "lite1", "lite2")


class AtrousHead(ClassHead):
    """Joins the last features at several dilations and their average, then the first features.

    ``channels_fine`` is the number of channels to which the first features are reduced.
    """

    def __init__(
        self,
        channels_first: int,
        channels_last: int,
        *,
        channels: int,
        channels_fine: int,
        classes: int,
        dilations: Sequence[int] = DILATIONS,
    ) -> None:
        super().__init__(channels, classes)
        self.image_pool = nn.Sequential(nn.AdaptiveAvgPool2d(1), NormedConv(channels_last, channels))
        self.aspp_modules = nn.ModuleList(
            NormedConv(channels_last, channels)
            if dilation == 1
            else SeparableConv(channels_last, channels, dilation=dilation)
            for dilation in dilations
        )
        self.bottleneck = NormedConv((len(dilations) + 1) * channels, channels, 3)
        self.c1_bottleneck = NormedConv(channels_first, channels_fine)
        self.sep_bottleneck = nn.Sequential(
            SeparableConv(channels + channels_fine, channels), SeparableConv(channels, channels)
        )

    def forward(self, features: Sequence[Tensor]) -> Tensor:
        first, last = features[0], features[-1]
        pooled = enlarge(self.image_pool(last), last.shape[2:])
        joined = self.bottleneck(torch.cat([pooled, *(module(last) for module in self.aspp_modules)], dim=1))
        fine = self.c1_bottleneck(first)
        joined = torch.cat([enlarge(joined, fine.shape[2:]), fine], dim=1)
        return self.classify(self.sep_bottleneck(joined))


class LiteFeatures(EfficientNetLite):
    """The features of an EfficientNet-Lite from a quarter of the sides on."""

    def __init__(self, scale: int) -> None:
        super().__init__(scale)
        self.channels = self.channels[1:]

    def forward(self, images: Tensor) -> list[Tensor]:
        return super().forward(images)[1:]


class DeepLabV3Plus(TwoHeads):
    """DeepLabv3+ on a ResNet of depth 18, 50 or 101, or an EfficientNet-Lite.

    With the deep ResNets the heads have 512 and 256 channels, and fine features 48, as MMSegmentation's; with
    the others a quarter. The last features of an EfficientNet-Lite are a thirty-second of the sides, a
    quarter of a ResNet's, and so are the dilations.
    """

    def __init__(self, *, classes: int = 2, backbone: str = "resnet101") -> None:
        if backbone not in BACKBONES:
            raise ValueError(f"backbone: expected one of {', '.join(BACKBONES)}, got {backbone!r}")
        number, lite = int(backbone[-1]), backbone.startswith("lite")
        network = LiteFeatures(number) if lite else ResNet(int(backbone.removeprefix("resnet")))
        first, *_, before, last = network.channels
        deep = last == 2048
        head = AtrousHead(
            first,
            last,
            channels=512 if deep else 128,
            channels_fine=48 if deep else 12,
            classes=classes,
            dilations=_LITE_DILATIONS if lite else DILATIONS,
        )
        auxiliary = AuxiliaryHead(before, 256 if deep else 64, classes)
        super().__init__(network, head, auxiliary, classes=classes)
        self.backbone_name = backbone
