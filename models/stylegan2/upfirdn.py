"""Upsample, filter and downsample pictures with a small kernel, in plain torch operations."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


def upfirdn(
    images: Tensor, kernel: Tensor, *, up: int = 1, down: int = 1, pad: tuple[int, int] = (0, 0)
) -> Tensor:
    """Insert ``up - 1`` zeros after each pixel, pad, convolve, and keep every ``down``-th pixel.

    ``images``: float (N, C, H, W); ``kernel``: float (k, k), applied as a convolution, that is,
    rotated by 180 degrees, in the images' dtype; ``pad``: rows and columns before and after; negative
    values crop. Output: (N, C, H', W') with ``H' = (H * up + sum(pad) - k) // down + 1``.
    Source: StyleGAN2 (Karras et al. 2020), the resampling of StyleGAN (2019, section 2).
    """
    number, channels, height, width = images.shape
    if up > 1:
        spread = images.reshape(number, channels, height, 1, width, 1)
        spread = functional.pad(spread, (0, up - 1, 0, 0, 0, up - 1))
        images = spread.reshape(number, channels, height * up, width * up)
    even = pad[0] == pad[1] and pad[0] >= 0
    if not even:
        images = functional.pad(images, (*pad, *pad))
    taps = kernel.flip(0, 1).to(images.dtype).expand(channels, 1, *kernel.shape)
    return functional.conv2d(images, taps, padding=pad[0] if even else 0, stride=down, groups=channels)


def smooth_kernel(factor: int) -> Tensor:
    """Return the (4, 4) kernel of [1, 3, 3, 1] in both directions.

    Its sum is ``factor ** 2``, so that upsampling keeps the brightness.
    """
    line = torch.tensor([1.0, 3.0, 3.0, 1.0])
    kernel = torch.outer(line, line)
    return kernel * (factor**2 / 64)


class Smooth(nn.Module):
    """``upfirdn`` with a stored ``kernel``, which is part of checkpoints."""

    kernel: Tensor

    def __init__(self, *, up: int, pad: tuple[int, int]) -> None:
        super().__init__()
        self.up, self.pad = up, pad
        # Factor 2 in both cases: zeros are inserted here or by a preceding transposed convolution.
        self.register_buffer("kernel", smooth_kernel(2))

    def forward(self, images: Tensor) -> Tensor:
        return upfirdn(images, self.kernel, up=self.up, pad=self.pad)
