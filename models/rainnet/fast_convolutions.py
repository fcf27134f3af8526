"""4x4 convolutions that halve or double the side of a feature map, fast on the CPU for tiny maps."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

# Pixels of the smaller of the two maps. Up to this size a CPU convolution spends more time on reordering
# the weights, at every call, than on sums. A matrix product reads the weights without reordering.
_FEW = 64
_KERNEL, _STRIDE, _PADDING = 4, 2, 1


class Down(nn.Conv2d):
    """Convolution from (N, C, H, W) to (N, C', H / 2, W / 2), H and W even; no bias."""

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__(channels_in, channels_out, _KERNEL, stride=_STRIDE, padding=_PADDING, bias=False)

    def forward(self, input: Tensor) -> Tensor:
        height, width = input.shape[2] // 2, input.shape[3] // 2
        if input.is_cuda or height * width > _FEW:
            return super().forward(input)
        windows = functional.unfold(input, _KERNEL, padding=_PADDING, stride=_STRIDE)
        sums = functional.linear(windows.mT, self.weight.flatten(1))
        return sums.mT.reshape(-1, self.out_channels, height, width)


class Up(nn.ConvTranspose2d):
    """Transposed convolution from (N, C, H, W) to (N, C', 2 H, 2 W); no bias."""

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__(channels_in, channels_out, _KERNEL, stride=_STRIDE, padding=_PADDING, bias=False)

    def forward(self, input: Tensor, output_size: list[int] | None = None) -> Tensor:
        height, width = input.shape[2:]
        if input.is_cuda or height * width > _FEW:
            return super().forward(input, output_size)
        windows = input.flatten(2).mT @ self.weight.flatten(1)
        return functional.fold(windows.mT, (2 * height, 2 * width), _KERNEL, padding=_PADDING, stride=_STRIDE)
