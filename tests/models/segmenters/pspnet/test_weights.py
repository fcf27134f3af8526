from __future__ import annotations

import torch

from models.identify import identify
from models.segmenters.pspnet.network import PSPNet
from tests.models.segmenters.mmsegmentation import checkpoint, pspnet


def test_a_file_as_published_loads_strictly() -> None:
    shapes = pspnet(50, 19)
    known, _ = identify(checkpoint(shapes), "x.pth")
    assert (known.network, dict(known.sizes)) == ("pspnet", {"classes": 19, "depth": 50})
    assert {name: tuple(value.shape) for name, value in known.module.state_dict().items()} == shapes


def test_depth_101_has_the_published_names() -> None:
    with torch.device("meta"):
        network = PSPNet(depth=101)
    found = {name: tuple(value.shape) for name, value in network.state_dict().items()}
    assert found == pspnet(101, 2)
