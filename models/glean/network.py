"""GLEAN (Chan et al. 2021): an encoder, a frozen StyleGAN2 as generative prior, and a decoder.

Tensor names and shapes are those of the published checkpoints.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.enlarging import EnlargingNetwork
from models.rrdb.network import RRDBTrunk
from models.stylegan2.network import StyleGAN2, StyleGAN2Config

_SLOPE = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class GLEANConfig:
    """Sizes of one network. Published (in, out) pairs: 16→256, 32→256, 64→1024 and 128→1024 pixels."""

    in_size: int
    prior: StyleGAN2Config
    blocks: int = 23
    width: int = 64
    growth: int = 32
    # Channels before the last convolution.
    head: int = 64

    def __post_init__(self) -> None:
        if self.in_size < 4 or self.in_size & (self.in_size - 1) or self.in_size >= self.out_size:
            raise ValueError(
                f"in_size: expected a power of two from 4 on and below {self.out_size}, the prior's size, "
                f"got {self.in_size}"
            )

    @property
    def out_size(self) -> int:
        """Side of the output in pixels."""
        return self.prior.size

    @property
    def scale(self) -> int:
        """Ratio of output side to input side."""
        return self.out_size // self.in_size

    @classmethod
    def published(cls, in_size: int, out_size: int) -> GLEANConfig:
        """Return the published widths for any pair of sizes."""
        return cls(in_size=in_size, prior=StyleGAN2Config.published(out_size))


class PixelShufflePack(nn.Module):
    """Doubles height and width: a 3x3 convolution to four times the channels, then a pixel shuffle."""

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self.upsample_conv = nn.Conv2d(channels_in, 4 * channels_out, 3, padding=1)
        nn.init.kaiming_normal_(self.upsample_conv.weight)
        nn.init.zeros_(cast(Tensor, self.upsample_conv.bias))

    def forward(self, features: Tensor) -> Tensor:
        return functional.pixel_shuffle(self.upsample_conv(features), 2)


class GLEAN(EnlargingNetwork):
    """Enlarges a picture of a fixed size by ``config.scale``.

    Input: float (N, 3, in, in), RGB in [-1, 1]. Output: float (N, 3, out, out), about [-1, 1] and
    not clamped. The prior's weights are frozen. Its mapping, ``to_rgb`` and ``fusion_skip`` are
    part of the checkpoints but do not affect the output, so they are not computed.
    """

    value_range = (-1.0, 1.0)

    def __init__(self, config: GLEANConfig) -> None:
        super().__init__()
        self.config = config
        self.factor, self.tile_side = config.scale, config.in_size
        prior = config.prior
        self.generator = StyleGAN2(prior).requires_grad_(False)
        sizes = [4 << step for step in range(int(math.log2(config.in_size)) - 1)]
        self.encoder = nn.ModuleList([_first(config)])
        for size in reversed(sizes[1:]):
            self.encoder.append(_halving(prior.channels_at(size), prior.channels_at(size // 2)))
        self.encoder.append(_to_latents(prior))
        widths = [prior.channels_at(size) for size in sizes]
        self.fusion_out = nn.ModuleList(nn.Conv2d(2 * width, width, 3, padding=1) for width in widths)
        self.fusion_skip = nn.ModuleList(nn.Conv2d(width + 3, 3, 3, padding=1) for width in widths)
        # The output does not depend on these weights, so they get no gradient.
        self.fusion_skip.requires_grad_(False)
        self.decoder = nn.ModuleList([PixelShufflePack(widths[-1], prior.channels_at(2 * config.in_size))])
        size = 2 * config.in_size
        while size < config.out_size:
            self.decoder.append(PixelShufflePack(2 * prior.channels_at(size), prior.channels_at(2 * size)))
            size *= 2
        self.decoder.append(_last(2 * prior.channels_at(size), config.head))

    def forward(self, images: Tensor) -> Tensor:
        side = self.config.in_size
        if images.ndim != 4 or images.shape[1:] != (3, side, side):
            raise ValueError(
                f"images: expected shape (N, 3, {side}, {side}), got {tuple(images.shape)}; "
                "cut the picture into tiles of this size"
            )
        features, latents = self._encode(images)
        details = self._recall(features, latents)
        result = features[-1]
        for step, block in enumerate(self.decoder):
            result = block(result if step == 0 else torch.cat([result, details[step - 1]], dim=1))
        return result

    def _encode(self, images: Tensor) -> tuple[list[Tensor], Tensor]:
        """Return features at 4, 8, …, ``in`` pixels and the latents (N, layers, S)."""
        features = [images]
        for block in self.encoder:
            features.append(block(features[-1]))
        latents = features.pop().view(len(images), self.config.prior.layers, self.config.prior.styles)
        return features[:0:-1], latents

    def _recall(self, features: list[Tensor], latents: Tensor) -> list[Tensor]:
        """Return the prior's features at ``2 in``, ``4 in``, …, ``out`` pixels.

        The encoder's features condition the prior at the smaller sizes.
        """
        details: list[Tensor] = []
        current = self.generator.start(latents)
        for step in range(len(self.config.prior.channels) - 1):
            if step < len(features):
                current = self.fusion_out[step](torch.cat([current, features[step].to(current.dtype)], dim=1))
            current = self.generator.enlarge(current, latents, step)
            if step >= len(features) - 1:
                details.append(current)
        return details


def _first(config: GLEANConfig) -> nn.Sequential:
    """E0: features at the size of the input."""
    trunk = RRDBTrunk(channels=3, blocks=config.blocks, width=config.width, growth=config.growth)
    widened = nn.Conv2d(config.width, config.prior.channels_at(config.in_size), 3, padding=1)
    return nn.Sequential(trunk, widened, nn.LeakyReLU(_SLOPE, inplace=True))


def _halving(channels_in: int, channels_out: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(channels_in, channels_out, 3, stride=2, padding=1),
        nn.LeakyReLU(_SLOPE, inplace=True),
        nn.Conv2d(channels_out, channels_out, 3, padding=1),
        nn.LeakyReLU(_SLOPE, inplace=True),
    )


def _to_latents(prior: StyleGAN2Config) -> nn.Sequential:
    """Layers from the 4x4 features to all latents."""
    return nn.Sequential(
        nn.Conv2d(prior.channels[0], prior.channels[0], 3, padding=1),
        nn.LeakyReLU(_SLOPE, inplace=True),
        nn.Flatten(),
        nn.Linear(16 * prior.channels[0], prior.layers * prior.styles),
    )


def _last(channels_in: int, head: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(channels_in, head, 3, padding=1),
        nn.LeakyReLU(_SLOPE, inplace=True),
        nn.Conv2d(head, 3, 3, padding=1),
    )
