"""The generator of StyleGAN2 (Karras et al. 2020, config F): the generative prior of GLEAN."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

from models.stylegan2.layers import EqualLinear, PixelNorm, StyledConv, ToRGB

MAPPING_RATE = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class StyleGAN2Config:
    """Widths of the generator."""

    # Widths of the features at 4, 8, 16 … pixels; their number sets the size of the picture.
    channels: tuple[int, ...]
    styles: int = 512
    mapping_layers: int = 8

    def __post_init__(self) -> None:
        if len(self.channels) < 2 or min(self.channels) < 1:
            raise ValueError(
                f"channels: expected one width or more from 4 pixels on to at least 8, got {self.channels}"
            )

    @property
    def size(self) -> int:
        """Side of the picture in pixels."""
        return 4 << (len(self.channels) - 1)

    @property
    def layers(self) -> int:
        """Number of latents per picture: 14 for 256 pixels, 18 for 1024."""
        return 2 * len(self.channels)

    def channels_at(self, size: int) -> int:
        """Return the width of the features at ``size`` pixels."""
        return self.channels[int(math.log2(size)) - 2]

    @classmethod
    def published(cls, size: int, *, multiplier: int = 2) -> StyleGAN2Config:
        """Return the published widths for ``size`` pixels: 512 up to 64 pixels, then halved each time."""
        if size < 8 or size & (size - 1):
            raise ValueError(f"size: expected a power of two from 8 on, got {size}")
        sides = [4 << step for step in range(int(math.log2(size)) - 1)]
        return cls(channels=tuple(min(512, 16384 * multiplier // side) for side in sides))


class Constant(nn.Module):
    """The learned 4x4 input of every synthesis."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.input = nn.Parameter(torch.randn(1, channels, 4, 4))


class StyleGAN2(nn.Module):
    """Generates pictures from latents; the noise is stored, so that equal latents give equal pictures.

    ``forward`` takes float latents (N, layers, S), as ``style_mapping`` computes them from (N, S), and
    returns float (N, 3, size, size), RGB, about [-1, 1].
    """

    def __init__(self, config: StyleGAN2Config) -> None:
        super().__init__()
        self.config = config
        styles, widths = config.styles, config.channels
        self.style_mapping = nn.Sequential(
            PixelNorm(),
            *(
                EqualLinear(styles, styles, rate=MAPPING_RATE, activate=True)
                for _ in range(config.mapping_layers)
            ),
        )
        self.constant_input = Constant(widths[0])
        self.conv1 = StyledConv(widths[0], widths[0], styles)
        self.to_rgb1 = ToRGB(widths[0], styles, upsample=False)
        self.convs, self.to_rgbs = nn.ModuleList(), nn.ModuleList()
        for below, width in pairwise(widths):
            self.convs.append(StyledConv(below, width, styles, upsample=True))
            self.convs.append(StyledConv(width, width, styles))
            self.to_rgbs.append(ToRGB(width, styles))
        for layer in range(config.layers - 1):
            side = 1 << (layer + 5) // 2
            self.register_buffer(f"injected_noise_{layer}", torch.randn(1, 1, side, side))

    def start(self, latents: Tensor) -> Tensor:
        """Return the features at 4x4 pixels: (N, C, 4, 4)."""
        constant = self.constant_input.input.expand(len(latents), -1, -1, -1)
        features: Tensor = self.conv1(constant, latents[:, 0], self.noise(0))
        return features

    def enlarge(self, features: Tensor, latents: Tensor, step: int) -> Tensor:
        """Return the features at twice the size; ``step`` 0 goes from 4 to 8 pixels."""
        first = 2 * step + 1
        features = self.convs[first - 1](features, latents[:, first], self.noise(first))
        features = self.convs[first](features, latents[:, first + 1], self.noise(first + 1))
        return features

    def noise(self, layer: int) -> Tensor:
        """Return the stored noise of a layer: (1, 1, r, r) with ``r = 2 ** ((layer + 5) // 2)``."""
        return self.get_buffer(f"injected_noise_{layer}")

    def forward(self, latents: Tensor) -> Tensor:
        wanted = (self.config.layers, self.config.styles)
        if latents.ndim != 3 or latents.shape[1:] != wanted:
            raise ValueError(
                f"latents: expected shape (N, {wanted[0]}, {wanted[1]}), got {tuple(latents.shape)}"
            )
        features = self.start(latents)
        colours: Tensor = self.to_rgb1(features, latents[:, 1])
        for step, to_rgb in enumerate(self.to_rgbs):
            features = self.enlarge(features, latents, step)
            colours = to_rgb(features, latents[:, 2 * step + 3], colours)
        return colours
