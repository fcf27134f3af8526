"""RRDBNet, the generator of ESRGAN and Real-ESRGAN (Wang et al. 2018, section 3.1), for x4, x2 and x1.

Tensor names and shapes are those of the published checkpoints.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.check_inputs import check_pictures
from models.enlarging import EnlargingNetwork

SLOPE = 0.2
RESIDUAL = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class RRDBConfig:
    """Sizes of one network. Published networks have 23 blocks; the network for drawings has 6."""

    # 4, 2 or 1; 2 and 1 first fold 2x2 or 4x4 pixels into channels.
    scale: int = 4
    blocks: int = 23
    width: int = 64
    growth: int = 32

    def __post_init__(self) -> None:
        if self.scale not in (1, 2, 4):
            raise ValueError(f"scale: expected 1, 2 or 4, got {self.scale}")
        for name in ("blocks", "width", "growth"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}: expected at least 1, got {getattr(self, name)}")


class DenseBlock(nn.Module):
    """Five densely connected 3x3 convolutions; 0.2 times the last output is added to the input."""

    def __init__(self, width: int, growth: int) -> None:
        super().__init__()
        for index in range(5):
            channels = width if index == 4 else growth
            layer = nn.Conv2d(width + index * growth, channels, 3, padding=1)
            _start_small(layer)
            self.add_module(f"conv{index + 1}", layer)

    def forward(self, features: Tensor) -> Tensor:
        seen = features
        for index in range(4):
            grown = functional.leaky_relu(self.get_submodule(f"conv{index + 1}")(seen), SLOPE, inplace=True)
            seen = torch.cat([seen, grown], dim=1)
        return features + RESIDUAL * cast(Tensor, self.get_submodule("conv5")(seen))


class RRDB(nn.Module):
    """Three dense blocks; 0.2 times their output is added to the input."""

    def __init__(self, width: int, growth: int) -> None:
        super().__init__()
        self.rdb1 = DenseBlock(width, growth)
        self.rdb2 = DenseBlock(width, growth)
        self.rdb3 = DenseBlock(width, growth)

    def forward(self, features: Tensor) -> Tensor:
        return features + RESIDUAL * cast(Tensor, self.rdb3(self.rdb2(self.rdb1(features))))


class RRDBTrunk(nn.Module):
    """Maps colours to features of the same height and width; shared by ESRGAN and GLEAN."""

    def __init__(self, *, channels: int, blocks: int, width: int, growth: int) -> None:
        super().__init__()
        self.conv_first = nn.Conv2d(channels, width, 3, padding=1)
        self.body = nn.Sequential(*(RRDB(width, growth) for _ in range(blocks)))
        self.conv_body = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, images: Tensor) -> Tensor:
        features = self.conv_first(images)
        return cast(Tensor, features + self.conv_body(self.body(features)))


class RRDBNet(RRDBTrunk, EnlargingNetwork):
    """Enlarges pictures by ``config.scale``.

    Input: float (N, 3, H, W), RGB in [0, 1]; H and W are multiples of ``4 / scale``.
    Output: float (N, 3, scale * H, scale * W), about [0, 1] and not clamped.
    """

    def __init__(self, config: RRDBConfig) -> None:
        self.fold = 4 // config.scale
        super().__init__(
            channels=3 * self.fold**2, blocks=config.blocks, width=config.width, growth=config.growth
        )
        self.config, self.factor = config, config.scale
        self.conv_up1 = nn.Conv2d(config.width, config.width, 3, padding=1)
        self.conv_up2 = nn.Conv2d(config.width, config.width, 3, padding=1)
        self.conv_hr = nn.Conv2d(config.width, config.width, 3, padding=1)
        self.conv_last = nn.Conv2d(config.width, 3, 3, padding=1)

    def forward(self, images: Tensor) -> Tensor:
        check_pictures(images, self.fold)
        folded = functional.pixel_unshuffle(images, self.fold) if self.fold > 1 else images
        features = super().forward(folded)
        for layer in (self.conv_up1, self.conv_up2):
            features = functional.interpolate(features, scale_factor=2.0, mode="nearest")
            features = functional.leaky_relu(layer(features), SLOPE, inplace=True)
        features = functional.leaky_relu(self.conv_hr(features), SLOPE, inplace=True)
        return cast(Tensor, self.conv_last(features))


def _start_small(layer: nn.Conv2d) -> None:
    """Scale initial weights by 0.1, so that residual blocks start near the identity (ESRGAN, 3.1)."""
    nn.init.kaiming_normal_(layer.weight)
    layer.weight.data.mul_(0.1)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
