"""Every variant keeps what models/segmenters/network.py promises of it."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from models.registry import NETWORKS, imported
from models.segmenters.network import FaceSegmenter
from models.segmenters.variants import VARIANTS, new_segmenter

# One of each architecture and kind of backbone; the others differ in numbers of blocks and channels.
SMALL = (
    "unet",
    "unet-resnet18",
    "unet-lite0",
    "pspnet-resnet18",
    "deeplabv3plus-resnet18",
    "deeplabv3plus-lite0",
    "segformer-b0",
)
# Of the published configurations, in millions. PSPNet, DeepLabv3+: table 7 of SegFormer (Xie et al. 2021), of
# 150 classes with the auxiliary head. Encoders of SegFormer: table 1. ResNet-18: the library's page. Lite: the
# files themselves.
PUBLISHED = {
    ("pspnet-resnet101", "", 150): 68.1,
    ("deeplabv3plus-resnet101", "", 150): 62.7,
    ("segformer-b0", "backbone", 2): 3.3,
    ("segformer-b1", "backbone", 2): 13.2,
    ("segformer-b2", "backbone", 2): 24.2,
    ("segformer-b3", "backbone", 2): 44.1,
    ("segformer-b4", "backbone", 2): 60.8,
    ("segformer-b5", "backbone", 2): 81.4,
    ("unet-resnet18", "encoder", 1): 11.2,
    ("unet-resnet18", "", 1): 14.3,
}


def test_every_architecture_has_a_small_variant() -> None:
    assert {VARIANTS[name].network for name in SMALL} == {one.network for one in VARIANTS.values()}


@pytest.fixture(scope="module")
def made() -> dict[str, FaceSegmenter]:
    """One network of each, in eval mode."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return {name: new_segmenter(name, classes=2).eval() for name in SMALL}


def pictures(network: FaceSegmenter, count: int = 2) -> Tensor:
    generator = torch.Generator().manual_seed(1)
    side = max(32, network.multiple)
    return torch.rand(count, 3, side, 2 * side, generator=generator)


@pytest.mark.parametrize("name", SMALL)
def test_scores_have_the_picture_s_size_and_do_not_depend_on_the_batch(
    made: dict[str, FaceSegmenter], name: str
) -> None:
    network = made[name]
    images = pictures(network)
    with torch.inference_mode():
        scores, again = network(images), network(images)
        alone = network(images[:1])
    assert scores.shape == (2, network.classes, *images.shape[2:]) and network.classes == 2
    assert torch.equal(scores, again)
    torch.testing.assert_close(scores[:1], alone, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", SMALL)
def test_gradients_reach_every_weight_of_all_heads(name: str) -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = new_segmenter(name, classes=3).train()
        # Dropped paths and channels would leave weights without a gradient.
        for module in network.modules():
            if "drop" in type(module).__name__.lower():
                module.eval()
        # Of other than one colour; with one, the last features of a small picture are of one pixel.
        scores = network.training_scores(torch.nn.functional.interpolate(pictures(network), scale_factor=2.0))
        sum((one * torch.rand_like(one)).sum() for one in scores).backward()
    without = [key for key, value in network.named_parameters() if value.grad is None]
    assert without == []


@pytest.mark.parametrize("name", SMALL)
def test_odd_sizes_work_or_name_one_that_does(made: dict[str, FaceSegmenter], name: str) -> None:
    network = made[name]
    if network.multiple == 1:
        with torch.inference_mode():
            assert network(torch.rand(1, 3, 37, 51)).shape[2:] == (37, 51)
        with pytest.raises(ValueError, match="expected at least 32x32, got 31x64"):
            network(torch.rand(1, 3, 31, 64))
    else:
        with pytest.raises(ValueError, match=r"multiples of (?:16|32), got 37x64; pad or resize them to"):
            network(torch.rand(1, 3, 37, 64))


@pytest.mark.parametrize("name", SMALL)
def test_the_tensors_alone_give_the_network_again(made: dict[str, FaceSegmenter], name: str) -> None:
    network = made[name]
    row = NETWORKS[VARIANTS[name].network]
    again: FaceSegmenter = imported(row.loader)(network.state_dict(), "x")
    images = pictures(network)
    with torch.inference_mode():
        assert torch.equal(again(images), network(images))
    assert not again.training and again.classes == 2
    state = dict(network.state_dict())
    gone = next(key for key in state if key.endswith("weight") and state[key].ndim == 4)
    with pytest.raises(ValueError, match=r"^x: expected "):
        imported(row.loader)({key: value for key, value in state.items() if key != gone}, "x")


@pytest.mark.parametrize(("name", "part", "classes"), PUBLISHED)
def test_the_number_of_parameters_is_the_published_one(name: str, part: str, classes: int) -> None:
    with torch.device("meta"):
        network = new_segmenter(name, classes=classes)
    module = getattr(network, part) if part else network
    found = sum(value.numel() for value in module.parameters()) / 1e6
    assert round(found, 1) == PUBLISHED[name, part, classes]
