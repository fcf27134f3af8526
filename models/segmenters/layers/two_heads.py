"""A backbone with a main and an auxiliary head, as MMSegmentation's EncoderDecoder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, cast

from torch import Tensor, nn

from models.check_inputs import check_pictures
from models.segmenters.layers.convolutions import NormedConv
from models.segmenters.layers.inputs import enlarge
from models.segmenters.network import FaceSegmenter

# The least side that all networks of this kind take: the last features have at least one pixel.
_LEAST_SIDE = 32


class Backbone(Protocol):
    """Computes features of several sizes."""

    # Channels of the features, the largest features first.
    channels: Sequence[int]

    def __call__(self, images: Tensor) -> Sequence[Tensor]:
        """Images (N, 3, H, W), RGB in [0, 1], to features (N, ``channels``, H / s, W / s)."""
        ...


class TwoHeads(FaceSegmenter):
    """Scores from the features of a backbone; the auxiliary head is used in training alone.

    Any H and W of at least 32 pixels. ``decode_head`` takes all features, ``auxiliary_head`` those before the
    last.
    """

    def __init__(
        self, backbone: nn.Module, decode_head: nn.Module, auxiliary_head: nn.Module, *, classes: int
    ) -> None:
        super().__init__()
        self.classes = classes
        self.backbone, self.decode_head, self.auxiliary_head = backbone, decode_head, auxiliary_head

    def forward(self, images: Tensor) -> Tensor:
        return self._enlarged(self.decode_head(self._features(images)), images)

    def training_scores(self, images: Tensor) -> tuple[Tensor, ...]:
        features = self._features(images)
        scores = self.decode_head(features), self.auxiliary_head(features[-2])
        return tuple(self._enlarged(one, images) for one in scores)

    def _features(self, images: Tensor) -> Sequence[Tensor]:
        check_pictures(images, self.multiple)
        if min(images.shape[2:]) < _LEAST_SIDE:
            height, width = images.shape[2:]
            raise ValueError(
                f"images: expected at least {_LEAST_SIDE}x{_LEAST_SIDE}, got {height}x{width}; enlarge them"
            )
        return cast(Sequence[Tensor], self.backbone(images))

    def _enlarged(self, scores: Tensor, images: Tensor) -> Tensor:
        return enlarge(scores, images.shape[2:])


class ClassHead(nn.Module):
    """Dropout and a 1x1 convolution to the classes, ``conv_seg``."""

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        self.dropout = nn.Dropout2d(0.1)
        self.conv_seg = nn.Conv2d(channels, classes, 1)
        nn.init.normal_(self.conv_seg.weight, std=0.01)
        if self.conv_seg.bias is not None:
            nn.init.zeros_(self.conv_seg.bias)

    def classify(self, features: Tensor) -> Tensor:
        return cast(Tensor, self.conv_seg(self.dropout(features)))


class AuxiliaryHead(ClassHead):
    """One 3x3 convolution before the classes: MMSegmentation's FCNHead of one convolution."""

    def __init__(self, channels_in: int, channels: int, classes: int) -> None:
        super().__init__(channels, classes)
        self.convs = nn.Sequential(NormedConv(channels_in, channels, 3))

    def forward(self, features: Tensor) -> Tensor:
        return self.classify(self.convs(features))
