"""Build a U-Net from its tensors."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from models.checkpoints.build import build_strict, count, shape
from models.segmenters.unet.network import UNet


def unet_from(state: Mapping[str, Tensor], name: str = "checkpoint") -> UNet:
    """Return the network on the tensors' device; width and depth follow from their shapes.

    Raises ValueError for other tensors; error messages start with ``name``.
    """
    width, depth = shape(state, "head.weight", 4, name)[1], count(state, "narrow.", ".weight")
    return build_strict(lambda: UNet(width=width, depth=depth), state, name)
