"""The discriminator of StyleGAN2 (Karras et al. 2020, config F), used to train GLEAN."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.checkpoints.build import build_strict, count, shape
from models.checkpoints.read import CheckpointSource, named, read_content
from models.checkpoints.select import keys_of, select
from models.stylegan2.layers import BiasedActivation, EqualLinear
from models.stylegan2.upfirdn import smooth_kernel, upfirdn

# Largest number of pictures over which the standard deviation is computed.
GROUP = 4
SPREAD_EPS = 1e-8


class StyleGAN2Discriminator(nn.Module):
    """Predicts one score per picture; above 0 is real.

    ``channels``: widths of the features at 4, 8, 16 … pixels, as in the generator. Input: float
    (N, 3, size, size), RGB, in [-1, 1], with ``size = 4 << (len(channels) - 1)``. Output: (N, 1).
    Tensor names and shapes are those of the published priors' files.
    """

    def __init__(self, channels: tuple[int, ...]) -> None:
        super().__init__()
        if len(channels) < 2 or min(channels) < 1:
            raise ValueError(f"channels: expected widths at 4 and 8 pixels at least, got {channels}")
        self.size = 4 << (len(channels) - 1)
        blocks = [ResidualBlock(wide, narrow) for wide, narrow in pairwise(reversed(channels))]
        self.convs = nn.Sequential(_layer(3, channels[-1], 1), *blocks)
        self.final_conv = _layer(channels[0] + 1, channels[0], 3)
        self.final_linear = nn.Sequential(
            EqualLinear(16 * channels[0], channels[0], activate=True), EqualLinear(channels[0], 1)
        )

    def forward(self, images: Tensor) -> Tensor:
        if images.ndim != 4 or images.shape[1:] != (3, self.size, self.size):
            raise ValueError(
                f"images: expected shape (N, 3, {self.size}, {self.size}), got {tuple(images.shape)}"
            )
        features = self.final_conv(with_spread(self.convs(images)))
        return cast(Tensor, self.final_linear(features.flatten(1)))


class ResidualBlock(nn.Module):
    """Two convolutions with a skip connection; the second convolution and the skip halve the size."""

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self.conv1 = _layer(channels_in, channels_in, 3)
        self.conv2 = nn.Sequential(
            LowPass(2), EqualConv(channels_in, channels_out, 3, stride=2), BiasedActivation(channels_out)
        )
        self.skip = nn.Sequential(LowPass(1), EqualConv(channels_in, channels_out, 1, stride=2))

    def forward(self, features: Tensor) -> Tensor:
        deep: Tensor = self.conv2(self.conv1(features))
        return (deep + cast(Tensor, self.skip(features))) / math.sqrt(2)


class LowPass(nn.Module):
    """Blurs with [1, 3, 3, 1] in both directions before downsampling, after ``margin`` zeros of padding."""

    kernel: Tensor

    def __init__(self, margin: int) -> None:
        super().__init__()
        self.margin = margin
        self.register_buffer("kernel", smooth_kernel(1))

    def forward(self, images: Tensor) -> Tensor:
        return upfirdn(images, self.kernel, pad=(self.margin, self.margin))


class EqualConv(nn.Module):
    """Convolution with an equalised learning rate: weights are divided by the root of the fan-in; no bias.

    A halving convolution has no padding: the preceding blur provides it.
    """

    def __init__(self, channels_in: int, channels_out: int, kernel: int, *, stride: int = 1) -> None:
        super().__init__()
        self.conv = nn.Module()
        weight = torch.randn(channels_out, channels_in, kernel, kernel)
        self.conv.register_parameter("weight_orig", nn.Parameter(weight))
        self.stride, self.padding = stride, kernel // 2 if stride == 1 else 0

    def forward(self, features: Tensor) -> Tensor:
        weight = self.conv.get_parameter("weight_orig")
        scaled = weight * (1 / math.sqrt(weight[0].numel()))
        return functional.conv2d(features, scaled, stride=self.stride, padding=self.padding)


def with_spread(features: Tensor) -> Tensor:
    """Append a channel with the minibatch standard deviation, constant over all pixels.

    The value is the mean over channels and pixels of the standard deviation within a group (Karras et al.
    2018, section 3). The group size is the largest divisor of N up to four. (N, C, H, W) becomes
    (N, C + 1, H, W).
    """
    number, channels, height, width = features.shape
    group = next(size for size in range(min(GROUP, number), 0, -1) if number % size == 0)
    grouped = features.float().view(group, number // group, channels, height, width)
    spread = torch.sqrt(grouped.var(0, unbiased=False) + SPREAD_EPS).mean((1, 2, 3))
    plane = spread.repeat(group).view(-1, 1, 1, 1).expand(-1, 1, height, width)
    return torch.cat([features, plane.to(features.dtype)], dim=1)


def load_discriminator(source: CheckpointSource, name: str | None = None) -> StyleGAN2Discriminator:
    """Load the discriminator on the CPU, from a published prior's file (specs 3.2) or a file of its own.

    Raises FileNotFoundError, and ValueError unless the file holds exactly its tensors.
    """
    name = named(source, name)
    return discriminator_from(read_content(source, name), name)


def discriminator_from(content: object, name: str = "checkpoint") -> StyleGAN2Discriminator:
    """Build the discriminator from the content of a file; in a trainer's, it lies under ``discriminator``."""
    markers = ["final_conv.0.conv.weight_orig"]
    keys = [key for key in keys_of(content, markers, name) if key.split(".")[-1] == "discriminator"]
    state = select(content, markers, name, keys[0] if keys else "").tensors
    blocks = count(state, "convs.", ".conv1.0.conv.weight_orig")
    widest = shape(state, "convs.0.0.conv.weight_orig", 4, name)[0]
    after = [
        shape(state, f"convs.{block + 1}.conv2.1.conv.weight_orig", 4, name)[0] for block in range(blocks)
    ]
    channels = tuple(reversed([widest, *after]))
    return build_strict(lambda: StyleGAN2Discriminator(channels), state, name)


def _layer(channels_in: int, channels_out: int, kernel: int) -> nn.Sequential:
    return nn.Sequential(EqualConv(channels_in, channels_out, kernel), BiasedActivation(channels_out))
