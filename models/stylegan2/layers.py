"""Layers of StyleGAN2 (Karras et al. 2020), named as in the published priors."""

from __future__ import annotations

import math
from contextlib import AbstractContextManager, nullcontext
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.stylegan2.upfirdn import Smooth

_SLOPE = 0.2


def pixel_norm(latents: Tensor, eps: float = 1e-6) -> Tensor:
    """Divide (N, S) latents by the root mean square of their S values."""
    size: Tensor = torch.linalg.vector_norm(latents, dim=1, keepdim=True) / math.sqrt(latents.shape[1])
    return latents / (size + eps)


def scaled_leaky_relu(features: Tensor, bias: Tensor) -> Tensor:
    """Apply bias, leaky ReLU, and a gain of sqrt 2 that keeps the variance. (N, C, …) with bias (C,)."""
    bias = bias.to(features.dtype).view(-1, *[1] * (features.ndim - 2))
    return functional.leaky_relu(features + bias, _SLOPE) * math.sqrt(2)


class PixelNorm(nn.Module):
    """``pixel_norm`` as the first, weightless layer of the mapping."""

    def forward(self, latents: Tensor) -> Tensor:
        return pixel_norm(latents)


class RawWeight(nn.Module):
    """Holds the unscaled weight of a linear layer."""

    def __init__(self, channels_in: int, channels_out: int, spread: float) -> None:
        super().__init__()
        self.weight_orig = nn.Parameter(torch.randn(channels_out, channels_in) * spread)


class EqualLinear(nn.Module):
    """Linear layer whose weights are scaled when used: ``w * rate / sqrt(inputs)``; bias ``b * rate``."""

    def __init__(
        self,
        channels_in: int,
        channels_out: int,
        *,
        rate: float = 1.0,
        bias: float = 0.0,
        activate: bool = False,
    ) -> None:
        super().__init__()
        self.linear = RawWeight(channels_in, channels_out, 1 / rate)
        self.bias = nn.Parameter(torch.full((channels_out,), bias))
        self.rate, self.activate = rate, activate

    def forward(self, latents: Tensor) -> Tensor:
        weight = self.linear.weight_orig.to(latents.dtype)
        bias = self.bias * self.rate
        mapped = functional.linear(latents, weight * (self.rate / math.sqrt(weight.shape[1])))
        return scaled_leaky_relu(mapped, bias) if self.activate else mapped + bias.to(mapped.dtype)


class ModulatedConv(nn.Module):
    """Convolution with input channels scaled by each sample's style (Karras et al. 2020, eq. 1–3).

    Input: float (N, I, H, W) and latents (N, S). Output: (N, O, H, W), twice as large with ``upsample``.

    Scaling input and output channels is equivalent to scaling the weights, and needs one convolution for
    the whole batch. Styles and the norm are float32. Styles are scaled to a maximum of 1, so that half
    precision neither overflows nor loses small weights.
    """

    def __init__(
        self,
        channels_in: int,
        channels_out: int,
        kernel: int,
        styles: int,
        *,
        demodulate: bool = True,
        upsample: bool = False,
        eps: float = 1e-8,
    ) -> None:
        super().__init__()
        self.weight_orig = nn.Parameter(torch.randn(1, channels_out, channels_in, kernel, kernel))
        self.style_modulation = EqualLinear(styles, channels_in, bias=1.0)
        self.blur = Smooth(up=1, pad=(1, 1)) if upsample else None
        self.demodulate, self.upsample, self.eps = demodulate, upsample, eps

    def forward(self, features: Tensor, latents: Tensor) -> Tensor:
        weight = self.weight_orig[0]
        weight = weight * (1 / math.sqrt(weight[0].numel()))
        with _full_precision(features.device.type):
            style: Tensor = self.style_modulation(latents.float())
        peak = style.abs().amax(1, keepdim=True).clamp_min(1e-12)
        style = style / peak
        gain = peak.expand(-1, len(weight))
        if self.demodulate:
            energy = weight.float().square().sum((2, 3)) * style.square()[:, None]
            gain = gain * torch.rsqrt(peak.square() * energy.sum(2) + self.eps)
        weighed = features * style.to(features.dtype)[:, :, None, None]
        if self.blur is not None:
            result = functional.conv_transpose2d(weighed, weight.transpose(0, 1), stride=2)
            result = self.blur(result)
        else:
            result = functional.conv2d(weighed, weight, padding=weight.shape[-1] // 2)
        return result * gain.to(result.dtype)[:, :, None, None]


def _full_precision(device: str) -> AbstractContextManager[object]:
    # autocast does not support the meta device.
    return nullcontext() if device == "meta" else torch.autocast(device, enabled=False)


class NoiseInjection(nn.Module):
    """Adds one noise picture to all channels with a learned weight."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))

    def forward(self, features: Tensor, noise: Tensor) -> Tensor:
        return features + (self.weight * noise).to(features.dtype)


class BiasedActivation(nn.Module):
    """``scaled_leaky_relu`` with its bias."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, features: Tensor) -> Tensor:
        return scaled_leaky_relu(features, self.bias)


class StyledConv(nn.Module):
    """Modulated 3x3 convolution, noise, activation."""

    def __init__(self, channels_in: int, channels_out: int, styles: int, *, upsample: bool = False) -> None:
        super().__init__()
        self.conv = ModulatedConv(channels_in, channels_out, 3, styles, upsample=upsample)
        self.noise_injector = NoiseInjection()
        self.activate = BiasedActivation(channels_out)

    def forward(self, features: Tensor, latents: Tensor, noise: Tensor) -> Tensor:
        features = self.noise_injector(self.conv(features, latents), noise)
        return cast(Tensor, self.activate(features))


class ToRGB(nn.Module):
    """Converts features to colours, and adds the upsampled colours of the previous size, if given."""

    def __init__(self, channels: int, styles: int, *, upsample: bool = True) -> None:
        super().__init__()
        if upsample:
            self.upsample = Smooth(up=2, pad=(2, 1))
        self.conv = ModulatedConv(channels, 3, 1, styles, demodulate=False)
        self.bias = nn.Parameter(torch.zeros(1, 3, 1, 1))

    def forward(self, features: Tensor, latents: Tensor, below: Tensor | None = None) -> Tensor:
        colours: Tensor = self.conv(features, latents)
        colours = colours + self.bias.to(colours.dtype)
        if below is None:
            return colours
        enlarged: Tensor = self.upsample(below)
        return colours + enlarged.to(colours.dtype)
