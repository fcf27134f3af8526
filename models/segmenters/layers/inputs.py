"""Pictures and features as networks expect them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.vgg.network import DEVIATION, MEAN


class Normalise(nn.Module):
    """RGB (N, 3, H, W) in [0, 1] less ImageNet's mean, over its deviation. Its state dict is empty."""

    mean: Tensor
    deviation: Tensor

    def __init__(self) -> None:
        super().__init__()
        for name, values in (("mean", MEAN), ("deviation", DEVIATION)):
            # Networks are made without memory, and get values from a state dict, which lacks these.
            constant = torch.tensor(values, device="cpu").view(1, 3, 1, 1)
            self.register_buffer(name, constant, persistent=False)

    def forward(self, images: Tensor) -> Tensor:
        return (images - self.mean.to(images)) / self.deviation.to(images)


def enlarge(features: Tensor, size: Sequence[int]) -> Tensor:
    """The features at (height, width), by bilinear interpolation between pixel centres."""
    return functional.interpolate(features, size=tuple(size), mode="bilinear", align_corners=False)
