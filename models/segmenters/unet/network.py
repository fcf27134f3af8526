"""A small U-Net."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.check_inputs import check_pictures
from models.segmenters.network import FaceSegmenter


class Block(nn.Sequential):
    """Two 3x3 convolutions, each with group norm and ReLU; height and width are unchanged."""

    def __init__(self, channels_in: int, channels_out: int, groups: int) -> None:
        layers: list[nn.Module] = []
        for before in (channels_in, channels_out):
            layers += [
                nn.Conv2d(before, channels_out, 3, padding=1, bias=False),
                nn.GroupNorm(groups, channels_out),
                nn.ReLU(inplace=True),
            ]
        super().__init__(*layers)


class UNet(FaceSegmenter):
    """A segmenter of two convolutions per level.

    H and W are multiples of ``2 ** depth``. Channels start at ``width`` and double at each of ``depth``
    halvings.
    """

    def __init__(self, *, classes: int = 1, width: int = 16, depth: int = 4, groups: int = 8) -> None:
        super().__init__()
        if width % groups:
            raise ValueError(f"width: expected a multiple of {groups} (the groups of its norm), got {width}")
        self.classes, self.width, self.depth = classes, width, depth
        self.multiple = 2**depth
        channels = [width * 2**level for level in range(depth + 1)]
        self.down = nn.ModuleList(
            Block(before, after, groups) for before, after in zip([3, *channels[:-1]], channels, strict=True)
        )
        # Narrowed before upsampling, so that both inputs of the join have equal channels.
        self.narrow = nn.ModuleList(
            nn.Conv2d(below, across, 1)
            for below, across in zip(channels[:0:-1], channels[-2::-1], strict=True)
        )
        self.up = nn.ModuleList(Block(2 * across, across, groups) for across in channels[-2::-1])
        self.head = nn.Conv2d(width, classes, 1)

    def forward(self, images: Tensor) -> Tensor:
        check_pictures(images, self.multiple)
        # Centred, so that the first convolution sees both signs.
        features = images * 2 - 1
        kept: list[Tensor] = []
        for level, block in enumerate(self.down):
            if level:
                features = functional.max_pool2d(features, 2)
            features = block(features)
            kept.append(features)
        for narrow, block, across in zip(self.narrow, self.up, kept[-2::-1], strict=True):
            # Nearest-neighbour upsampling has a deterministic gradient on every device.
            features = functional.interpolate(narrow(features), scale_factor=2.0, mode="nearest")
            features = block(torch.cat([features, across], dim=1))
        return self.head(features)  # type: ignore[no-any-return]
