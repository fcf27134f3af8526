"""Convolutions with batch norm and ReLU; tensors are named as those of mmcv's modules of the same shape."""

from __future__ import annotations

from collections import OrderedDict

from torch import nn


class NormedConv(nn.Sequential):
    """A convolution, batch norm and ReLU: ``conv``, ``bn``. Height and width are divided by ``stride``.

    Weights start as mmcv's: variance 2 / (``channels_out`` x ``size`` squared).
    """

    def __init__(
        self,
        channels_in: int,
        channels_out: int,
        size: int = 1,
        *,
        stride: int = 1,
        dilation: int = 1,
        groups: int = 1,
    ) -> None:
        padding = dilation * (size // 2)
        conv = nn.Conv2d(
            channels_in,
            channels_out,
            size,
            stride=stride,
            padding=padding,
            dilation=dilation,
            groups=groups,
            bias=False,
        )
        nn.init.kaiming_normal_(conv.weight, mode="fan_out", nonlinearity="relu")
        layers = {"conv": conv, "bn": nn.BatchNorm2d(channels_out), "activate": nn.ReLU(inplace=True)}
        super().__init__(OrderedDict(layers))


class SeparableConv(nn.Sequential):
    """A 3x3 convolution within each channel, then one across them: ``depthwise_conv``, ``pointwise_conv``."""

    def __init__(self, channels_in: int, channels_out: int, *, dilation: int = 1) -> None:
        depthwise = NormedConv(channels_in, channels_in, 3, dilation=dilation, groups=channels_in)
        pointwise = NormedConv(channels_in, channels_out)
        super().__init__(OrderedDict({"depthwise_conv": depthwise, "pointwise_conv": pointwise}))
