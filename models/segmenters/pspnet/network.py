"""PSPNet in MMSegmentation's configuration: a ResNet, pyramid pooling, an auxiliary head."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from models.segmenters.layers.convolutions import NormedConv
from models.segmenters.layers.inputs import enlarge
from models.segmenters.layers.two_heads import AuxiliaryHead, ClassHead, TwoHeads
from models.segmenters.resnet.network import ResNet

# Sides of the grids over which features are averaged.
_GRIDS = (1, 2, 3, 6)


class PyramidPoolingHead(ClassHead):
    """Averages the last features over grids of several sizes, and joins them with the features."""

    def __init__(self, channels_in: int, channels: int, classes: int) -> None:
        super().__init__(channels, classes)
        self.psp_modules = nn.ModuleList(
            nn.Sequential(nn.AdaptiveAvgPool2d(side), NormedConv(channels_in, channels)) for side in _GRIDS
        )
        self.bottleneck = NormedConv(channels_in + len(_GRIDS) * channels, channels, 3)

    def forward(self, features: Sequence[Tensor]) -> Tensor:
        last = features[-1]
        pooled = [enlarge(pool(last), last.shape[2:]) for pool in self.psp_modules]
        return self.classify(self.bottleneck(torch.cat([last, *pooled], dim=1)))


class PSPNet(TwoHeads):
    """Pyramid pooling over the features of a ResNet of ``depth`` 18, 50 or 101.

    Heads have 512 and 256 channels, with depth 18 a quarter of that.
    """

    def __init__(self, *, classes: int = 2, depth: int = 101) -> None:
        backbone = ResNet(depth)
        *_, before, last = backbone.channels
        super().__init__(
            backbone,
            PyramidPoolingHead(last, min(512, last // 4), classes),
            AuxiliaryHead(before, min(256, before // 4), classes),
            classes=classes,
        )
        self.depth = depth
