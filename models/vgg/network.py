"""The first ten convolutions of VGG16 (Simonyan and Zisserman 2015): features to compare pictures by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

# Convolutions before each halving; the features are the last convolution's output, before its ReLU.
BLOCKS = (2, 2, 3, 3)
WIDTHS = (64, 128, 256, 512)
# Mean and deviation of the network's training photographs, RGB in [0, 1].
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@dataclass(frozen=True, slots=True, kw_only=True)
class VGGConfig:
    """``widths``: channels of each block's convolutions."""

    widths: tuple[int, ...] = WIDTHS


class VGGFeatures(nn.Module):
    """Computes the features of layer 21, ``conv4_3``.

    Input: float (N, 3, H, W), RGB in [-1, 1]; at least 8 pixels a side. Output: (N, 512, H // 8, W // 8).
    Tensor names are those of the published file, ``features.0.weight`` to ``features.21.bias``.
    """

    def __init__(self, config: VGGConfig | None = None) -> None:
        super().__init__()
        config = config or VGGConfig()
        layers: list[nn.Module] = []
        before = 3
        for repeats, width in zip(BLOCKS, config.widths, strict=True):
            for _ in range(repeats):
                layers += [nn.Conv2d(before, width, 3, padding=1), nn.ReLU(inplace=True)]
                before = width
            layers.append(nn.MaxPool2d(2))
        # The last block ends with its convolution.
        self.features = nn.Sequential(*layers[:-2])

    def forward(self, images: Tensor) -> Tensor:
        mean, deviation = (images.new_tensor(values).view(1, 3, 1, 1) for values in (MEAN, DEVIATION))
        return cast(Tensor, self.features(((images + 1) / 2 - mean) / deviation))


def feature_loss(network: nn.Module, made: Tensor, real: Tensor) -> Tensor:
    """Return the mean squared difference of both pictures' features; ``real`` gets no gradient."""
    with torch.no_grad():
        wanted = network(real)
    return functional.mse_loss(network(made), wanted)
