from __future__ import annotations

import pytest
import torch

from models.identify import identify
from models.segmenters.segformer.network import SegFormer
from models.segmenters.segformer.weights import mmsegmentation_state, segformer_from


@pytest.fixture(scope="module")
def network() -> SegFormer:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return SegFormer(size=0).eval()


def test_a_file_of_mmsegmentation_gives_the_same_scores(network: SegFormer) -> None:
    state = mmsegmentation_state(network)
    assert state["decode_head.fusion_conv.conv.weight"].shape == (256, 1024, 1, 1)
    known, _ = identify({"state_dict": state}, "x.pth")
    assert (known.network, dict(known.sizes)) == ("segformer", {"classes": 2, "size": 0})
    images = torch.rand(1, 3, 32, 64)
    with torch.inference_mode():
        assert torch.equal(known.module(images), network(images))


def test_other_sizes_are_refused(network: SegFormer) -> None:
    state = {key: value for key, value in network.state_dict().items() if "stages.2.blocks.1" not in key}
    with pytest.raises(ValueError, match=r"expected SegFormer b0 to b5, got \(2, 2, 1, 2\) blocks"):
        segformer_from(state)
