"""Build a PSPNet from its tensors."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from models.checkpoints.build import build_strict, shape
from models.segmenters.pspnet.network import PSPNet
from models.segmenters.resnet.weights import depth_of


def pspnet_from(state: Mapping[str, Tensor], name: str = "checkpoint") -> PSPNet:
    """Return the network on the tensors' device, in eval mode; classes and depth follow from the tensors.

    The names are MMSegmentation's. Raises ValueError for other tensors; messages start with ``name``.
    """
    classes = shape(state, "decode_head.conv_seg.weight", 4, name)[0]
    depth = depth_of(state, name)
    return build_strict(lambda: PSPNet(classes=classes, depth=depth), state, name)
