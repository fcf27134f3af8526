"""Build a U-Net from its tensors."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from models.checkpoints.build import build_strict, count, shape
from models.segmenters.unet.network import UNet


def unet_from(state: Mapping[str, Tensor], name: str = "checkpoint") -> UNet:
    """Return the network on the tensors' device; classes, width and depth follow from their shapes.

    Raises ValueError for other tensors; error messages start with ``name``.
    """
    classes, width = shape(state, "head.weight", 4, name)[:2]
    depth = count(state, "narrow.", ".weight")
    return build_strict(lambda: UNet(classes=classes, width=width, depth=depth), state, name)
