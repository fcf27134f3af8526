from __future__ import annotations

import pytest
import torch

from models.segmenters.unet.network import UNet
from models.segmenters.unet.weights import unet_from


def test_width_and_depth_follow_from_the_tensors() -> None:
    network = UNet(width=24, depth=2)
    again = unet_from(network.state_dict())
    assert (again.width, again.depth) == (24, 2)
    picture = torch.rand(1, 3, 8, 12)
    assert torch.equal(again(picture), network(picture))


def test_tensors_of_another_network_are_refused() -> None:
    with pytest.raises(ValueError, match=r"x: expected a tensor head.weight, which is missing"):
        unet_from({"first.weight": torch.zeros(1)}, "x")
