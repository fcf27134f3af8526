"""The heads that join SegFormer's features, each under the names of its program."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, get_args

import torch
from torch import Tensor, nn

from models.segmenters.layers.convolutions import NormedConv
from models.segmenters.layers.inputs import enlarge
from models.segmenters.layers.two_heads import ClassHead

# Whose network it is: open-mmlab/mmsegmentation, NVlabs/SegFormer, or huggingface/transformers.
Program = Literal["mmsegmentation", "nvidia", "transformers"]
PROGRAMS: tuple[Program, ...] = get_args(Program)
_DROPOUT = 0.1


def usual_width(program: Program, size: int) -> int:
    """Return the head's channels in the published configurations of SegFormer b0 to b5."""
    return 256 if program == "mmsegmentation" or size < 2 else 768


def head_for(program: Program, channels_in: Sequence[int], width: int, classes: int) -> nn.Module:
    """Return an untrained head of a program.

    It takes features (N, ``channels_in``, H, W), the largest first, and returns scores of the largest's size.
    """
    if program == "mmsegmentation":
        return MixHead(channels_in, width, classes)
    if program == "nvidia":
        return LinearHead(channels_in, width, classes)
    # Takes seconds to import.
    from transformers import SegformerConfig
    from transformers.models.segformer.modeling_segformer import SegformerDecodeHead

    config = SegformerConfig(
        hidden_sizes=list(channels_in),
        decoder_hidden_size=width,
        classifier_dropout_prob=_DROPOUT,
    )
    config.num_labels = classes
    # Its class has no types.
    make: Callable[[SegformerConfig], nn.Module] = SegformerDecodeHead
    return make(config)


class MixHead(ClassHead):
    """Brings all features to the size of the largest and joins them: MMSegmentation's SegformerHead."""

    def __init__(self, channels_in: Sequence[int], width: int, classes: int) -> None:
        super().__init__(width, classes)
        self.convs = nn.ModuleList(NormedConv(channels, width) for channels in channels_in)
        self.fusion_conv = NormedConv(len(channels_in) * width, width)

    def forward(self, features: Sequence[Tensor]) -> Tensor:
        size = features[0].shape[2:]
        joined = [enlarge(conv(one), size) for conv, one in zip(self.convs, features, strict=True)]
        return self.classify(self.fusion_conv(torch.cat(joined, dim=1)))


class LinearHead(nn.Module):
    """Projects the features without norm or ReLU, and joins the smallest first: NVIDIA's SegFormerHead."""

    def __init__(self, channels_in: Sequence[int], width: int, classes: int) -> None:
        super().__init__()
        for number, channels in enumerate(channels_in, 1):
            setattr(self, f"linear_c{number}", nn.ModuleDict({"proj": nn.Linear(channels, width)}))
        self.linear_fuse = NormedConv(len(channels_in) * width, width)
        self.dropout = nn.Dropout2d(_DROPOUT)
        self.linear_pred = nn.Conv2d(width, classes, 1)

    def forward(self, features: Sequence[Tensor]) -> Tensor:
        size = features[0].shape[2:]
        projected = []
        for number, one in enumerate(features, 1):
            project = self.get_submodule(f"linear_c{number}.proj")
            projected.append(enlarge(project(one.movedim(1, -1)).movedim(-1, 1), size))
        scores: Tensor = self.linear_pred(self.dropout(self.linear_fuse(torch.cat(projected[::-1], dim=1))))
        return scores
