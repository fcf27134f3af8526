"""RainNet's discriminator: scores the whole picture, and how well foreground and background match."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.check_inputs import check_mask
from models.rainnet.partial_conv import PartialConv

# Smallest side that leaves one pixel after seven convolutions, six of which halve it.
_SMALLEST = 255


class Scores(NamedTuple):
    """Two scores, both float (N, 1, h, w); one pixel for 256 x 256 pictures; higher is more real.

    ``whole`` scores the picture; ``together`` verifies foreground against background.
    """

    whole: Tensor
    together: Tensor


class RainNetDiscriminator(nn.Module):
    """The discriminator of RainNet, with DoveNet's verification (CVPR 2020, 3.2).

    ``forward``: picture float (N, 3, H, W) in [-1, 1], H and W at least 255, and mask float
    (N, 1, H, W), 1 = foreground. One stack without a mask scores the whole picture. Foreground and
    background pass separately through a second stack of partial convolutions; the product of their
    features is scored. All convolutions are spectrally normalised except the two that give scores.

    Weights have the published names.
    """

    def __init__(self, *, width: int = 64) -> None:
        super().__init__()
        self.D = _Stacks(width)
        channels = 8 * width
        self.convl1 = _normalised(nn.Conv2d(channels, channels, 1))
        self.convl2 = _normalised(nn.Conv2d(channels, channels, 1))
        self.convl3 = nn.Conv2d(channels, 1, 1)
        self.convg3 = nn.Conv2d(channels, 1, 1)

    def forward(self, picture: Tensor, mask: Tensor) -> Scores:
        _check(picture, mask)
        mask = mask.to(picture.dtype)
        whole, front, back = self.D(picture, mask)
        together = functional.leaky_relu(self.convl1(front * back), 0.2)
        together = functional.leaky_relu(self.convl2(together), 0.2)
        return Scores(self.convg3(whole), self.convl3(together))


class _Stacks(nn.ModuleDict):
    """Two stacks of seven 3x3 convolutions; the first has no norm and halves, the last keeps the size."""

    def __init__(self, width: int) -> None:
        channels = [3, *(width * wider for wider in (1, 2, 4, 8, 8, 8, 8))]
        super().__init__(
            {
                f"conv{level}{stack}": _normalised(
                    PartialConv(channels[level - 1], channels[level], 3, stride=1 if level == 7 else 2)
                )
                for stack in ("", "f")
                for level in range(1, 8)
            }
        )

    def forward(self, picture: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return self._run("", picture, None), self._run("f", picture, mask), self._run("f", picture, 1 - mask)

    def _run(self, stack: str, features: Tensor, mask: Tensor | None) -> Tensor:
        for level in range(1, 8):
            features, mask = self[f"conv{level}{stack}"](features, mask)
            if level in range(2, 7):
                features = functional.instance_norm(features)
            if level < 7:
                features = functional.leaky_relu(features, 0.2)
        return features


def _normalised(convolution: nn.Module) -> nn.Module:
    # torch's older implementation, which gives the published weight names.
    return torch.nn.utils.spectral_norm(convolution)


def _check(picture: Tensor, mask: Tensor) -> None:
    if picture.ndim != 4 or picture.shape[1] != 3 or min(picture.shape[2:]) < _SMALLEST:
        raise ValueError(
            f"picture: expected shape (N, 3, H, W) with H and W at least {_SMALLEST}, "
            f"got {tuple(picture.shape)}; resize it to 256x256"
        )
    check_mask(mask, picture)
