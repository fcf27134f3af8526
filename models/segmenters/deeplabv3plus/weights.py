"""Build a DeepLabv3+ from its tensors."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from models.checkpoints.build import build_strict, shape
from models.segmenters.deeplabv3plus.network import DeepLabV3Plus
from models.segmenters.efficientnet_lite.weights import scale_of
from models.segmenters.resnet.weights import depth_of


def deeplabv3plus_from(state: Mapping[str, Tensor], name: str = "checkpoint") -> DeepLabV3Plus:
    """Return the network on the tensors' device, in eval mode; classes and backbone follow from the tensors.

    The names are MMSegmentation's. Raises ValueError for other tensors; messages start with ``name``.
    """
    classes = shape(state, "decode_head.conv_seg.weight", 4, name)[0]
    if "backbone._conv_stem.weight" in state:
        backbone = f"lite{scale_of(state, name, 'backbone.')}"
    else:
        backbone = f"resnet{depth_of(state, name)}"
    return build_strict(lambda: DeepLabV3Plus(classes=classes, backbone=backbone), state, name)
