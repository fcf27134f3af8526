"""RainNet's generator: a U-Net with RAIN in its decoder (Ling et al., CVPR 2021)."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.check_inputs import check_mask, check_pictures
from models.rainnet.fast_convolutions import Down, Up
from models.rainnet.rain import Rain

# 2 ** 8: the network halves the side eight times.
_MULTIPLE = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class RainNetConfig:
    """Widths of the network; the defaults fit the published weights."""

    # Channels after the first convolution.
    width: int = 64
    # Input channels. 3: the composite; 4: composite and mask.
    channels: int = 3

    def __post_init__(self) -> None:
        if self.width < 1:
            raise ValueError(f"width: expected at least 1, got {self.width}")
        if self.channels not in (3, 4):
            raise ValueError(f"channels: expected 3, or 4 with the mask, got {self.channels}")


class RainNet(nn.Module):
    """Harmonises a composite, given its mask.

    ``forward`` takes a composite, float (N, 3, H, W), RGB in [-1, 1], and a mask, float (N, 1, H, W), 1 =
    foreground. It returns the predicted picture (N, 3, H, W) in [-1, 1]. ``harmonise`` uses the prediction
    for the foreground only. H and W are multiples of 256. In training mode the three middle blocks have
    dropout.

    Weights have the published names. 54.76 M parameters at the default widths.
    """

    def __init__(self, config: RainNetConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or RainNetConfig()
        width = config.width
        self.model_layer0 = Down(config.channels, width)
        self.model_layer1 = _second(Down(width, 2 * width))
        self.model_layer2 = _second(Down(2 * width, 4 * width))
        self.model_layer3 = _second(Down(4 * width, 8 * width))
        block: nn.Module = Innermost(8 * width)
        for _ in range(3):
            block = Middle(8 * width, block)
        self.unet_block = block
        self.model_layer11, self.model_layer11norm = _second(Up(16 * width, 4 * width)), Rain(4 * width)
        self.model_layer12, self.model_layer12norm = _second(Up(8 * width, 2 * width)), Rain(2 * width)
        self.model_layer13, self.model_layer13norm = _second(Up(4 * width, width)), Rain(width)
        self.model_layer11att = _attention(8 * width)
        self.model_layer12att = _attention(4 * width)
        self.model_layer13att = _attention(2 * width)
        self.model_out = _second(nn.ConvTranspose2d(2 * width, 3, 4, stride=2, padding=1))

    def forward(self, composite: Tensor, mask: Tensor) -> Tensor:
        check_pictures(composite, _MULTIPLE, "composite")
        check_mask(mask, composite)
        if self.config.channels == 4:
            composite = torch.cat([composite, mask.to(composite.dtype)], dim=1)
        # The published activations work in place, so skip connections carry activated features.
        across0 = _leaky(self.model_layer0(composite))
        across1 = _leaky(_instance_norm(self.model_layer1(across0)))
        across2 = _leaky(_instance_norm(self.model_layer2(across1)))
        features = self.unet_block(_instance_norm(self.model_layer3(across2)), mask)
        features = self.model_layer11norm(self.model_layer11(functional.relu(features)), mask)
        features = torch.cat([across2, features], dim=1)
        features = self.model_layer11att(features) * features
        features = self.model_layer12norm(self.model_layer12(functional.relu(features)), mask)
        features = torch.cat([across1, features], dim=1)
        features = self.model_layer12att(features) * features
        features = self.model_layer13norm(self.model_layer13(functional.relu(features)), mask)
        features = torch.cat([across0, features], dim=1)
        features = self.model_layer13att(features) * features
        return torch.tanh(self.model_out(functional.relu(features)))

    def harmonise(self, composite: Tensor, mask: Tensor) -> Tensor:
        """Return ``predicted · mask + composite · (1 - mask)``, float (N, 3, H, W) in [-1, 1]."""
        mask = mask.to(composite.dtype)
        predicted: Tensor = self(composite, mask)
        return predicted.to(composite.dtype) * mask + composite * (1 - mask)


class Middle(nn.Module):
    """One level: halve, go through the level below, double; (N, C, H, W) to (N, 2 C, H, W)."""

    def __init__(self, channels: int, below: nn.Module) -> None:
        super().__init__()
        self.down = _second(Down(channels, channels))
        self.submodule = below
        self.up = _second(Up(2 * channels, channels))
        self.upnorm = Rain(channels)
        self.dropout = nn.Dropout(0.5)

    def forward(self, features: Tensor, mask: Tensor) -> Tensor:
        across = _leaky(features)
        below = self.submodule(_instance_norm(self.down(across)), mask)
        above = self.dropout(self.upnorm(self.up(functional.relu(below)), mask))
        return torch.cat([across, above], dim=1)


class Innermost(nn.Module):
    """The lowest level, without a norm on its way down; (N, C, H, W) to (N, 2 C, H, W)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        # The missing indices are activations in the published network.
        self.up = nn.Sequential(OrderedDict([("1", Down(channels, channels)), ("3", Up(channels, channels))]))
        self.upnorm = Rain(channels)

    def forward(self, features: Tensor, mask: Tensor) -> Tensor:
        across = _leaky(features)
        above = self.up[1](functional.relu(self.up[0](across)))
        return torch.cat([across, self.upnorm(above, mask)], dim=1)


def initialise(network: nn.Module, generator: torch.Generator) -> None:
    """Initialise in place as published: convolution weights N(0, 0.02), biases 0; RAIN's vectors stay 0.

    In spectrally normalised convolutions the stored weight is drawn.
    """
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
            weight = getattr(module, "weight_orig", module.weight)
            nn.init.normal_(weight, 0.0, 0.02, generator=generator)
            if module.bias is not None:
                nn.init.zeros_(module.bias)


def _second(module: nn.Module) -> nn.Sequential:
    """Wrap the module under the name ``1``; in the published network ``0`` is an activation."""
    return nn.Sequential(OrderedDict([("1", module)]))


def _attention(channels: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(channels, channels, 1), nn.Sigmoid())


def _leaky(features: Tensor) -> Tensor:
    return functional.leaky_relu(features, 0.2)


def _instance_norm(features: Tensor) -> Tensor:
    return functional.instance_norm(features)
