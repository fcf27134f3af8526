"""EfficientNet-Lite0, 1 and 2: features for segmenters, and ImageNet's classes."""

from __future__ import annotations

import math
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

# By stage: blocks, channels, kernel, stride and expansion of Lite0.
_STAGES = (
    (1, 16, 3, 1, 1),
    (2, 24, 3, 2, 6),
    (2, 40, 5, 2, 6),
    (3, 80, 3, 2, 6),
    (3, 112, 5, 1, 6),
    (4, 192, 5, 2, 6),
    (1, 320, 3, 1, 6),
)
# Factors of channels and of blocks. Stem, head, and the blocks of the first and last stage stay.
_FACTORS = {0: (1.0, 1.0), 1: (1.0, 1.1), 2: (1.1, 1.2)}
LITE_SCALES = tuple(_FACTORS)
_STEM, _HEAD = 32, 1280
# Stages whose output is the last one of its size.
_LAST_OF_SIZE = (0, 1, 2, 4, 6)
_EPSILON = 1e-3
IMAGENET_CLASSES = 1000


class SameConv(nn.Conv2d):
    """A convolution padded as TensorFlow's ``same``: the input's sides over the stride.

    Of an odd sum of both paddings, the larger lies at the bottom and on the right.
    """

    def forward(self, input: Tensor) -> Tensor:  # torch's name
        padding: list[int] = []
        for side, size, stride in zip(
            input.shape[:-3:-1], self.kernel_size[::-1], self.stride[::-1], strict=True
        ):
            missing = max((-(-side // stride) - 1) * stride + size - side, 0)
            padding += [missing // 2, missing - missing // 2]
        filtered: Tensor = self._conv_forward(functional.pad(input, padding), self.weight, self.bias)
        return filtered


class _Block(nn.Module):
    """Expands the channels, filters each, and projects them; the input is added where shapes are equal."""

    def __init__(
        self, channels_in: int, channels_out: int, *, size: int, stride: int, expansion: int
    ) -> None:
        super().__init__()
        width = channels_in * expansion
        self._adds = stride == 1 and channels_in == channels_out
        self._expand_conv, self._bn0 = None, None
        if expansion != 1:
            self._expand_conv, self._bn0 = SameConv(channels_in, width, 1, bias=False), _norm(width)
        self._depthwise_conv = SameConv(width, width, size, stride=stride, groups=width, bias=False)
        self._bn1 = _norm(width)
        self._project_conv, self._bn2 = SameConv(width, channels_out, 1, bias=False), _norm(channels_out)

    def forward(self, features: Tensor) -> Tensor:
        found: Tensor = features
        if self._expand_conv is not None and self._bn0 is not None:
            found = functional.relu6(self._bn0(self._expand_conv(found)))
        found = functional.relu6(self._bn1(self._depthwise_conv(found)))
        found = self._bn2(self._project_conv(found))
        return found + features if self._adds else found


class EfficientNetLite(nn.Module):
    """Features at a half, a quarter, an eighth, a sixteenth and a thirty-second of the sides.

    ``scale`` is 0, 1 or 2. Input: float (N, 3, H, W), RGB in [0, 1]. ``channels`` of Lite0 are 16, 24, 40,
    112 and 320. Tensor names are those of the published files: ``_conv_stem.weight`` to ``_fc.bias``;
    without ``classes`` those of the classifier are missing.
    """

    def __init__(self, scale: int = 0, *, classes: int = 0) -> None:
        super().__init__()
        if scale not in LITE_SCALES:
            raise ValueError(f"scale: expected one of {', '.join(map(str, LITE_SCALES))}, got {scale}")
        self.scale = scale
        wider, deeper = _FACTORS[scale]
        self._conv_stem, self._bn0 = SameConv(3, _STEM, 3, stride=2, bias=False), _norm(_STEM)
        blocks: list[nn.Module] = []
        before, channels, self._ends = _STEM, list[int](), list[int]()
        for number, (repeats, width, size, stride, expansion) in enumerate(_STAGES):
            width = _rounded(width * wider)
            if 0 < number < len(_STAGES) - 1:
                repeats = math.ceil(repeats * deeper)
            for place in range(repeats):
                first_stride = stride if place == 0 else 1
                blocks.append(_Block(before, width, size=size, stride=first_stride, expansion=expansion))
                before = width
            if number in _LAST_OF_SIZE:
                channels.append(width)
                self._ends.append(len(blocks) - 1)
        self._blocks = nn.ModuleList(blocks)
        self.channels = tuple(channels)
        self.classes = classes
        if classes:
            self._conv_head, self._bn1 = SameConv(before, _HEAD, 1, bias=False), _norm(_HEAD)
            self._fc = nn.Linear(_HEAD, classes)

    def forward(self, images: Tensor) -> list[Tensor]:
        features = functional.relu6(self._bn0(self._conv_stem((images * 255 - 127) / 128)))
        found = []
        for number, block in enumerate(self._blocks):
            features = block(features)
            if number in self._ends:
                found.append(features)
        return found

    def classify(self, images: Tensor) -> Tensor:
        """Return the logits of ImageNet's classes, (N, ``classes``). ValueError without them."""
        if not self.classes:
            raise ValueError("classes: expected a network with a classifier, got one without")
        features = functional.relu6(self._bn1(self._conv_head(self(images)[-1])))
        return cast(Tensor, self._fc(torch.flatten(functional.adaptive_avg_pool2d(features, 1), 1)))


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=_EPSILON, momentum=0.01)


def _rounded(channels: float) -> int:
    """The nearest multiple of 8, the next one if that is less than nine tenths."""
    nearest = max(8, int(channels + 4) // 8 * 8)
    return nearest + 8 if nearest < 0.9 * channels else nearest
