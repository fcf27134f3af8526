"""Build an EfficientNet-Lite from its tensors."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from models.checkpoints.build import build_strict, count, shape
from models.segmenters.efficientnet_lite.network import LITE_SCALES, EfficientNetLite

# Tensors of the classifier, which a segmenter does without.
CLASSIFIER = ("_conv_head.", "_bn1.", "_fc.")


def efficientnet_lite_from(state: Mapping[str, Tensor], name: str = "checkpoint") -> EfficientNetLite:
    """Return the classifier on the tensors' device, in eval mode; scale and classes follow from the tensors.

    Raises ValueError for other tensors; messages start with ``name``.
    """
    classes = shape(state, "_fc.weight", 2, name)[0]
    scale = scale_of(state, name)
    return build_strict(lambda: EfficientNetLite(scale, classes=classes), state, name)


def scale_of(state: Mapping[str, Tensor], name: str, prefix: str = "") -> int:
    """Return 0, 1 or 2, from number and width of the blocks. ValueError for others."""
    blocks = count(state, f"{prefix}_blocks.", "._depthwise_conv.weight")
    width = shape(state, f"{prefix}_blocks.{max(blocks - 1, 0)}._project_conv.weight", 4, name)[0]
    for scale in LITE_SCALES:
        network = _sizes(scale)
        if (blocks, width) == network:
            return scale
    raise ValueError(
        f"{name}: expected EfficientNet-Lite0, 1 or 2, got {blocks} blocks that end with {width} channels; "
        "use a file of one of these"
    )


def _sizes(scale: int) -> tuple[int, int]:
    import torch

    with torch.device("meta"):
        network = EfficientNetLite(scale)
    return len(network._blocks), network.channels[-1]
