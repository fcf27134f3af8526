"""RainNet's discriminator: is the whole real, and do foreground and background go together?"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.check_inputs import check_mask
from models.rainnet.partial_conv import PartialConv

# What seven convolutions, six of them halving, need to leave one pixel.
_SMALLEST = 255


class Scores(NamedTuple):
    """Float (N, 1, h, w) both, one pixel at 256 x 256; higher is more real.

    ``whole`` judges the picture; ``together`` is the verification of foreground against background.
    """

    whole: Tensor
    together: Tensor


class RainNetDiscriminator(nn.Module):
    """The discriminator that RainNet is trained against (with DoveNet's verification, CVPR 2020, 3.2).

    ``forward``: picture float (N, 3, H, W) in [-1, 1], H and W 255 at least, and mask float
    (N, 1, H, W), 1 = foreground. The whole is scored by a stack that sees no mask. Foreground and
    background go through a second stack of partial convolutions, one after the other; the product of
    what comes out is scored. Convolutions are spectrally normalised except the two that give scores.

    Names of weights are the published ones.
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
    """Two stacks of seven 3x3 convolutions; the first halves without a norm, the last keeps the size."""

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
    # The older of torch's two, for its names of weights.
    return torch.nn.utils.spectral_norm(convolution)


def _check(picture: Tensor, mask: Tensor) -> None:
    if picture.ndim != 4 or picture.shape[1] != 3 or min(picture.shape[2:]) < _SMALLEST:
        raise ValueError(
            f"picture: expected shape (N, 3, H, W) with H and W at least {_SMALLEST}, "
            f"got {tuple(picture.shape)}; resize it to 256x256"
        )
    check_mask(mask, picture)
