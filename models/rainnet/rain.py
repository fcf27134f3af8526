"""RAIN: gives the foreground the background's statistics, in feature space."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

EPSILON = 1e-5


class Rain(nn.Module):
    """Region-aware adaptive instance normalisation (Ling et al., CVPR 2021, section 3.2).

    Every channel of every picture is normalised separately in two regions. The background gets mean 0 and
    deviation 1; the foreground gets the background's mean and deviation. Then each region is scaled by
    ``1 + gamma`` and shifted by ``beta``. These four learnt vectors start at 0.

    ``forward(features, mask)``: float (N, C, H, W) and a mask (N, 1, h, w), 1 = foreground, resized to
    (H, W) with nearest-neighbour sampling. The output has the features' shape and dtype. A region without
    pixels has mean 0 and deviation ``sqrt(1e-5)``, so that every mask gives finite values and gradients.
    The mask gets no gradient. Statistics are computed in at least float32.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.foreground_gamma = nn.Parameter(torch.zeros(channels))
        self.foreground_beta = nn.Parameter(torch.zeros(channels))
        self.background_gamma = nn.Parameter(torch.zeros(channels))
        self.background_beta = nn.Parameter(torch.zeros(channels))

    def forward(self, features: Tensor, mask: Tensor) -> Tensor:
        # Sums over a picture overflow in half precision.
        wide = features.float() if features.dtype in (torch.float16, torch.bfloat16) else features
        front = functional.interpolate(mask.detach().to(wide.dtype), size=features.shape[2:], mode="nearest")
        back = 1 - front
        back_mean, back_deviation = region_statistics(wide, back)
        front_mean, front_deviation = region_statistics(wide, front)
        background = _affine((wide - back_mean) / back_deviation, self.background_gamma, self.background_beta)
        foreground = _affine(
            (wide - front_mean) * (back_deviation / front_deviation) + back_mean,
            self.foreground_gamma,
            self.foreground_beta,
        )
        return (foreground * front + background * back).to(features.dtype)


def region_statistics(features: Tensor, region: Tensor) -> tuple[Tensor, Tensor]:
    """Return mean and deviation (N, C, 1, 1) of features (N, C, H, W) over a region (N, 1, H, W) of 0 to 1.

    ``mean = sum(x m) / (sum(m) + e)`` and
    ``deviation = sqrt(sum((m (x - mean))^2) / (sum(m) + e) + e)`` with ``e = 1e-5``.
    """
    pixels = region.sum(dim=(2, 3), keepdim=True) + EPSILON
    mean = (features * region).sum(dim=(2, 3), keepdim=True) / pixels
    variance = ((features - mean) * region).square().sum(dim=(2, 3), keepdim=True) / pixels
    return mean, (variance + EPSILON).sqrt()


def _affine(features: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
    return features * (1 + gamma[:, None, None]) + beta[:, None, None]
