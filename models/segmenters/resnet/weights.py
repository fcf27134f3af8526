"""The depth of a ResNet from its tensors."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from models.checkpoints.build import count
from models.segmenters.resnet.network import DEPTHS


def depth_of(state: Mapping[str, Tensor], name: str, prefix: str = "backbone.") -> int:
    """Return the depth whose numbers of blocks the tensors have. ValueError if there is none."""
    found = tuple(count(state, f"{prefix}layer{stage}.", ".conv1.weight") for stage in range(1, 5))
    for depth, row in DEPTHS.items():
        if found == row.blocks and (f"{prefix}layer1.0.conv3.weight" in state) == (row.block.expansion > 1):
            return depth
    raise ValueError(
        f"{name}: expected a ResNet of depth {', '.join(map(str, DEPTHS))}, got {found} blocks by stage; "
        "use a checkpoint of one of these"
    )
