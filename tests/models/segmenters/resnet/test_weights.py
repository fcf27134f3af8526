from __future__ import annotations

import pytest
import torch

from models.segmenters.resnet.network import DEPTHS, ResNet
from models.segmenters.resnet.weights import depth_of


@pytest.mark.parametrize("depth", DEPTHS)
def test_the_depth_follows_from_the_blocks(depth: int) -> None:
    with torch.device("meta"):
        state = ResNet(depth).state_dict()
    assert depth_of(state, "x", "") == depth
    assert depth_of({f"backbone.{name}": value for name, value in state.items()}, "x") == depth
    with pytest.raises(ValueError, match=r"^x: expected a ResNet of depth 18, 50, 101, got \(0, 0, 0, 0\)"):
        depth_of(state, "x", "other.")
