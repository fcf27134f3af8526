"""Pictures and features as networks expect them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from models.vgg.network import DEVIATION, MEAN


def normalise(images: Tensor) -> Tensor:
    """RGB (N, 3, H, W) in [0, 1] less ImageNet's mean, over its deviation."""
    mean, deviation = (torch.tensor(values).to(images).view(1, 3, 1, 1) for values in (MEAN, DEVIATION))
    return (images - mean) / deviation


def enlarge(features: Tensor, size: Sequence[int]) -> Tensor:
    """The features at (height, width), by bilinear interpolation between pixel centres."""
    return functional.interpolate(features, size=tuple(size), mode="bilinear", align_corners=False)
