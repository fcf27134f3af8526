"""Build a U-Net on an encoder from its tensors."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from models.checkpoints.build import build_strict, shape
from models.segmenters.efficientnet_lite.weights import scale_of
from models.segmenters.encoder_unet.network import EncoderUNet


def encoder_unet_from(state: Mapping[str, Tensor], name: str = "checkpoint") -> EncoderUNet:
    """Return the network on the tensors' device, in eval mode; classes and encoder follow from the tensors.

    FaceOcc's checkpoint has these names, each after ``module.``. Raises ValueError for other tensors;
    messages start with ``name``.
    """
    classes = shape(state, "segmentation_head.0.weight", 4, name)[0]
    encoder = "resnet18"
    if "encoder._conv_stem.weight" in state:
        encoder = f"lite{scale_of(state, name, 'encoder.')}"
    return build_strict(lambda: EncoderUNet(classes=classes, encoder=encoder), state, name)
