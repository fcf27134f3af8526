from __future__ import annotations

import pytest
import torch

from models.segmenters.variants import new_segmenter
from tasks.infer.mmsegmentation import config_text


@pytest.mark.parametrize(("variant", "channels"), [("pspnet-resnet50", 512), ("deeplabv3plus-resnet18", 128)])
def test_a_configuration_names_the_network_s_sizes(variant: str, channels: int) -> None:
    values: dict[str, dict[str, dict[str, object]]] = {}
    with torch.device("meta"):
        network = new_segmenter(variant, classes=2)
    exec(config_text(variant, network, 512), values)
    model = values["model"]
    assert model["decode_head"]["channels"] == channels and model["decode_head"]["num_classes"] == 2
    assert model["backbone"]["type"] == "ResNetV1c" and f"resnet{model['backbone']['depth']}" in variant
