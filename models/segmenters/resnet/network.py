"""ResNet (He et al. 2016) in MMSegmentation's ResNetV1c: a deep stem, and dilation in the last two stages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

from models.segmenters.layers.inputs import Normalise

STEM = 64
# By stage: stride, and dilation of all blocks but the first, whose dilation is half of it.
_STRIDES, _DILATIONS = (1, 2, 1, 1), (1, 1, 2, 4)


def _conv(channels_in: int, channels_out: int, size: int, *, stride: int = 1, dilation: int = 1) -> nn.Conv2d:
    padding = dilation * (size // 2)
    conv = nn.Conv2d(
        channels_in, channels_out, size, stride=stride, padding=padding, dilation=dilation, bias=False
    )
    nn.init.kaiming_normal_(conv.weight, mode="fan_out", nonlinearity="relu")
    return conv


class _Residual(nn.Module):
    """Adds the input, projected by ``downsample`` if its shape differs, to what ``_branch`` computes."""

    def __init__(self, channels_in: int, channels_out: int, stride: int) -> None:
        super().__init__()
        self.downsample: nn.Module | None = None
        if stride != 1 or channels_in != channels_out:
            projection = _conv(channels_in, channels_out, 1, stride=stride)
            self.downsample = nn.Sequential(projection, nn.BatchNorm2d(channels_out))

    def forward(self, features: Tensor) -> Tensor:
        shortcut = features if self.downsample is None else self.downsample(features)
        return torch.relu(self._branch(features) + shortcut)

    @property
    def last_norm(self) -> nn.BatchNorm2d:
        """The batch norm before the sum."""
        raise NotImplementedError

    def _branch(self, features: Tensor) -> Tensor:
        raise NotImplementedError


class BasicBlock(_Residual):
    """Two 3x3 convolutions."""

    expansion = 1

    def __init__(self, channels_in: int, width: int, *, stride: int, dilation: int) -> None:
        super().__init__(channels_in, width, stride)
        self.conv1 = _conv(channels_in, width, 3, stride=stride, dilation=dilation)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = _conv(width, width, 3)
        self.bn2 = nn.BatchNorm2d(width)

    @property
    def last_norm(self) -> nn.BatchNorm2d:
        return self.bn2

    def _branch(self, features: Tensor) -> Tensor:
        features = torch.relu(self.bn1(self.conv1(features)))
        return cast(Tensor, self.bn2(self.conv2(features)))


class Bottleneck(_Residual):
    """A 3x3 convolution between two 1x1; the stride lies in the 3x3."""

    expansion = 4

    def __init__(self, channels_in: int, width: int, *, stride: int, dilation: int) -> None:
        channels_out = self.expansion * width
        super().__init__(channels_in, channels_out, stride)
        self.conv1, self.bn1 = _conv(channels_in, width, 1), nn.BatchNorm2d(width)
        self.conv2 = _conv(width, width, 3, stride=stride, dilation=dilation)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3, self.bn3 = _conv(width, channels_out, 1), nn.BatchNorm2d(channels_out)

    @property
    def last_norm(self) -> nn.BatchNorm2d:
        return self.bn3

    def _branch(self, features: Tensor) -> Tensor:
        features = torch.relu(self.bn1(self.conv1(features)))
        features = torch.relu(self.bn2(self.conv2(features)))
        return cast(Tensor, self.bn3(self.conv3(features)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Depth:
    block: type[BasicBlock] | type[Bottleneck]
    blocks: tuple[int, int, int, int]


DEPTHS = {
    18: _Depth(block=BasicBlock, blocks=(2, 2, 2, 2)),
    50: _Depth(block=Bottleneck, blocks=(3, 4, 6, 3)),
    101: _Depth(block=Bottleneck, blocks=(3, 4, 23, 3)),
}


class ResNet(nn.Module):
    """Features of four stages at a quarter, and three times an eighth, of the input's sides.

    Input: float (N, 3, H, W), RGB in [0, 1], which is normalised here. Output: four features; ``channels``
    are 64 to 512 for depth 18, and 256 to 2048 for 50 and 101. Tensor names are MMSegmentation's:
    ``stem.0.weight`` to ``layer4.2.bn3.running_var``. Untrained, a block passes its shortcut on, since the
    last batch norm of its branch starts at zero (MMSegmentation's ``zero_init_residual``).
    """

    def __init__(self, depth: int = 101) -> None:
        super().__init__()
        if depth not in DEPTHS:
            raise ValueError(f"depth: expected one of {', '.join(map(str, DEPTHS))}, got {depth}")
        row = DEPTHS[depth]
        self.depth = depth
        self.channels = tuple(row.block.expansion * 64 * 2**stage for stage in range(4))
        self.normalise = Normalise()
        self.stem = nn.Sequential(
            *_stem_layers(3, STEM // 2, stride=2),
            *_stem_layers(STEM // 2, STEM // 2),
            *_stem_layers(STEM // 2, STEM),
        )
        before = STEM
        for stage, (blocks, stride, dilation) in enumerate(
            zip(row.blocks, _STRIDES, _DILATIONS, strict=True)
        ):
            layers: list[nn.Module] = []
            for number in range(blocks):
                first = number == 0
                layers.append(
                    row.block(
                        before,
                        64 * 2**stage,
                        stride=stride if first else 1,
                        dilation=max(1, dilation // 2) if first else dilation,
                    )
                )
                before = self.channels[stage]
            setattr(self, f"layer{stage + 1}", nn.Sequential(*layers))
        for module in self.modules():
            if isinstance(module, _Residual):
                nn.init.zeros_(module.last_norm.weight)

    def forward(self, images: Tensor) -> list[Tensor]:
        features = nn.functional.max_pool2d(self.stem(self.normalise(images)), 3, stride=2, padding=1)
        found = []
        for stage in range(1, 5):
            layer: Callable[[Tensor], Tensor] = getattr(self, f"layer{stage}")
            features = layer(features)
            found.append(features)
        return found


def _stem_layers(channels_in: int, channels_out: int, stride: int = 1) -> tuple[nn.Module, ...]:
    conv = _conv(channels_in, channels_out, 3, stride=stride)
    return conv, nn.BatchNorm2d(channels_out), nn.ReLU(inplace=True)
