"""SegFormer: the encoder of ``transformers``, and the head of MMSegmentation's configuration."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from models.check_inputs import check_pictures
from models.segmenters.layers.convolutions import NormedConv
from models.segmenters.layers.inputs import enlarge, normalise
from models.segmenters.layers.two_heads import ClassHead
from models.segmenters.network import FaceSegmenter

# By size b0 to b5: channels of the first stage, and blocks by stage.
SIZES = {
    0: (32, (2, 2, 2, 2)),
    1: (64, (2, 2, 2, 2)),
    2: (64, (3, 4, 6, 3)),
    3: (64, (3, 4, 18, 3)),
    4: (64, (3, 8, 27, 3)),
    5: (64, (3, 6, 40, 3)),
}
HEADS, _REDUCTIONS = (1, 2, 5, 8), (8, 4, 2, 1)
HEAD_CHANNELS = 256
_EPSILON, _DROP_PATH = 1e-6, 0.1


class MixTransformer(nn.Module):
    """Features at a quarter to a thirty-second of the sides, from ``transformers`` without its weights.

    Input: float (N, 3, H, W), RGB in [0, 1], which is normalised here. ``channels`` are 32, 64, 160, 256 for
    b0, and 64, 128, 320, 512 for the others.
    """

    def __init__(self, size: int) -> None:
        # Takes seconds to import.
        from transformers import SegformerConfig, SegformerModel

        super().__init__()
        first, blocks = SIZES[size]
        self.channels = tuple(first * heads for heads in HEADS)
        config = SegformerConfig(
            depths=list(blocks),
            hidden_sizes=list(self.channels),
            num_attention_heads=list(HEADS),
            sr_ratios=list(_REDUCTIONS),
            drop_path_rate=_DROP_PATH,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        self.stages = SegformerModel(config).stages
        for module in self.modules():
            if isinstance(module, nn.LayerNorm):
                module.eps = _EPSILON

    def forward(self, images: Tensor) -> list[Tensor]:
        found = [normalise(images)]
        for stage in self.stages:
            found.append(stage(found[-1]))
        return found[1:]


class MixHead(ClassHead):
    """Brings all features to the size of the largest and joins them: MMSegmentation's SegformerHead."""

    def __init__(self, channels_in: Sequence[int], classes: int) -> None:
        super().__init__(HEAD_CHANNELS, classes)
        self.convs = nn.ModuleList(NormedConv(channels, HEAD_CHANNELS) for channels in channels_in)
        self.fusion_conv = NormedConv(len(channels_in) * HEAD_CHANNELS, HEAD_CHANNELS)

    def forward(self, features: Sequence[Tensor]) -> Tensor:
        size = features[0].shape[2:]
        joined = [enlarge(conv(one), size) for conv, one in zip(self.convs, features, strict=True)]
        return self.classify(self.fusion_conv(torch.cat(joined, dim=1)))


class SegFormer(FaceSegmenter):
    """SegFormer of size 0 to 5; H and W are multiples of 32.

    Dropped paths (0.1) are drawn from torch's global
    random state in training.
    """

    multiple = 32

    def __init__(self, *, classes: int = 2, size: int = 5) -> None:
        super().__init__()
        if size not in SIZES:
            raise ValueError(f"size: expected one of {', '.join(map(str, SIZES))}, got {size}")
        self.classes, self.size = classes, size
        self.backbone = MixTransformer(size)
        self.decode_head = MixHead(self.backbone.channels, classes)

    def forward(self, images: Tensor) -> Tensor:
        check_pictures(images, self.multiple)
        return enlarge(self.decode_head(self.backbone(images)), images.shape[2:])
