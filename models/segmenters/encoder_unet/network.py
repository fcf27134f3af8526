"""U-Net of segmentation-models-pytorch's form on a ResNet-18 (FaceOcc, specs 6.3) or an EfficientNet-Lite."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.check_inputs import check_pictures
from models.segmenters.efficientnet_lite.network import EfficientNetLite
from models.segmenters.network import FaceSegmenter
from models.segmenters.resnet.network import BasicBlock

# Channels of the decoder, from the smallest features to the largest.
_DECODER = (256, 128, 64, 32, 16)
ENCODERS = ("resnet18", "lite0", "lite1", "lite2")


class PlainResNet18(nn.Module):
    """Features at a half to a thirty-second of the sides; tensors are named as torchvision's, without ``fc``.

    Input: float (N, 3, H, W). FaceOcc passes RGB in [0, 1] as it is.
    """

    channels = (64, 64, 128, 256, 512)

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        nn.init.kaiming_normal_(self.conv1.weight, mode="fan_out", nonlinearity="relu")
        self.bn1 = nn.BatchNorm2d(64)
        for number, (before, width) in enumerate(
            zip((64, 64, 128, 256), (64, 128, 256, 512), strict=True), 1
        ):
            first = BasicBlock(before, width, stride=1 if number == 1 else 2, dilation=1)
            setattr(
                self, f"layer{number}", nn.Sequential(first, BasicBlock(width, width, stride=1, dilation=1))
            )

    def forward(self, images: Tensor) -> list[Tensor]:
        features = torch.relu(self.bn1(self.conv1(images)))
        found = [features]
        features = functional.max_pool2d(features, 3, stride=2, padding=1)
        for number in range(1, 5):
            features = getattr(self, f"layer{number}")(features)
            found.append(features)
        return found


class _DecoderBlock(nn.Module):
    """Doubles the sides, joins the encoder's features of that size, and filters twice."""

    def __init__(self, channels_in: int, channels_skipped: int, channels_out: int) -> None:
        super().__init__()
        self.conv1 = _normed(channels_in + channels_skipped, channels_out)
        self.conv2 = _normed(channels_out, channels_out)

    def forward(self, features: Tensor, skipped: Tensor | None) -> Tensor:
        features = functional.interpolate(features, scale_factor=2.0, mode="nearest")
        if skipped is not None:
            features = torch.cat([features, skipped], dim=1)
        found: Tensor = self.conv2(self.conv1(features))
        return found


class _Decoder(nn.Module):
    """From the smallest features to the input's size."""

    def __init__(self, channels: Sequence[int]) -> None:
        super().__init__()
        last, *skipped = channels[::-1]
        sizes = zip((last, *_DECODER), (*skipped, 0), _DECODER, strict=False)
        self.blocks = nn.ModuleList(_DecoderBlock(*size) for size in sizes)

    def forward(self, features: Sequence[Tensor]) -> Tensor:
        last, *skipped = features[::-1]
        for block, beside in zip(self.blocks, (*skipped, None), strict=True):
            last = block(last, beside)
        return last


class EncoderUNet(FaceSegmenter):
    """A U-Net on one of ``ENCODERS``; H and W are multiples of 32.

    Tensors are named ``encoder.…``, ``decoder.blocks.0.conv1.0.weight`` to ``segmentation_head.0.bias``, as
    in FaceOcc's checkpoint.
    """

    multiple = 32

    def __init__(self, *, classes: int = 1, encoder: str = "resnet18") -> None:
        super().__init__()
        if encoder not in ENCODERS:
            raise ValueError(f"encoder: expected one of {', '.join(ENCODERS)}, got {encoder!r}")
        self.classes, self.encoder_name = classes, encoder
        self.encoder = PlainResNet18() if encoder == "resnet18" else EfficientNetLite(int(encoder[-1]))
        self.decoder = _Decoder(self.encoder.channels)
        self.segmentation_head = nn.Sequential(nn.Conv2d(_DECODER[-1], classes, 3, padding=1))

    def forward(self, images: Tensor) -> Tensor:
        check_pictures(images, self.multiple)
        scores: Tensor = self.segmentation_head(self.decoder(self.encoder(images)))
        return scores


def _normed(channels_in: int, channels_out: int) -> nn.Sequential:
    conv = nn.Conv2d(channels_in, channels_out, 3, padding=1, bias=False)
    nn.init.kaiming_uniform_(conv.weight, nonlinearity="relu")
    return nn.Sequential(conv, nn.BatchNorm2d(channels_out), nn.ReLU(inplace=True))
