from __future__ import annotations

import pytest
import torch

from models.segmenters.efficientnet_lite.network import EfficientNetLite
from models.segmenters.efficientnet_lite.weights import efficientnet_lite_from, scale_of


def test_scale_and_classes_follow_from_the_tensors() -> None:
    state = EfficientNetLite(0, classes=7).state_dict()
    network = efficientnet_lite_from(state)
    assert (network.scale, network.classes, network.training) == (0, 7, False)
    image = torch.rand(1, 3, 32, 32)
    assert network.classify(image).shape == (1, 7)


@pytest.mark.parametrize("scale", (0, 1, 2))
def test_scales_are_told_apart(scale: int) -> None:
    with torch.device("meta"):
        state = EfficientNetLite(scale).state_dict()
    assert scale_of(state, "x") == scale
    shorter = {name: value for name, value in state.items() if not name.startswith("_blocks.3.")}
    with pytest.raises(ValueError, match="x: expected EfficientNet-Lite0, 1 or 2, got"):
        scale_of(shorter, "x")
