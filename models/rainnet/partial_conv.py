"""Partial convolution: only pixels inside a mask contribute."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class PartialConv(nn.Conv2d):
    """A convolution over the masked pixels of each window (Liu et al., ECCV 2018, eq. 1, 2).

    ``forward(features, mask)``: float (N, C, H, W) and a mask (N, 1, H, W), 1 = visible. The sum over a
    window with ``s`` visible pixels is multiplied by ``k^2 / s``; it is 0 for ``s = 0``. Returns the
    features and their mask (N, 1, H', W'). Without a mask all pixels are visible and the second value is
    None.
    """

    def forward(  # type: ignore[override]
        self, features: Tensor, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor | None]:
        if mask is None:
            return super().forward(features), None
        with torch.no_grad():
            window = mask.new_ones(1, 1, *self.kernel_size)
            seen = functional.conv2d(
                mask, window, stride=self.stride, padding=self.padding, dilation=self.dilation
            )
            share = window.numel() / (seen + 1e-8)
            seen = seen.clamp(0, 1)
        output = self._conv_forward(features * mask, self.weight, None) * (share * seen)
        if self.bias is not None:
            output = (output + self.bias.view(-1, 1, 1)) * seen
        return output, seen
