"""Backbones from files in every layout in which ImageNet weights are published."""

from __future__ import annotations

import re

import pytest
import torch
from torch import Tensor

from models.segmenters.efficientnet_lite.network import EfficientNetLite
from models.segmenters.network import FaceSegmenter
from models.segmenters.pretrained import load_backbone
from models.segmenters.segformer.names import to_mmsegmentation, to_nvidia
from models.segmenters.variants import new_segmenter
from tests.models.segmenters.segformer.transformers_4 import classifier, former_names

State = dict[str, Tensor]
_TIMM = {"stem.0": "conv1.0", "stem.1": "conv1.1", "stem.3": "conv1.3", "stem.4": "conv1.4"}
_TIMM |= {"stem.6": "conv1.6", "stem.7": "bn1"}


def backbone(name: str, seed: int) -> tuple[FaceSegmenter, State]:
    """A segmenter, and the tensors of another one's backbone."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network, other = new_segmenter(name), new_segmenter(name)
    part = other.get_submodule("encoder" if name.startswith("unet") else "backbone")
    return network, dict(part.state_dict())


def timm(state: State) -> State:
    parts = [(*key.rpartition("."), value) for key, value in state.items()]
    return {f"{_TIMM.get(before, before)}.{kind}": value for before, _, kind, value in parts}


FC = {"fc.weight": torch.zeros(1000, 512), "fc.bias": torch.zeros(1000)}
DECODE_HEAD = {"decode_head.linear_c.0.proj.weight": torch.zeros(256, 32), "classifier.bias": torch.zeros(9)}
HEAD = {"head.weight": torch.zeros(1000, 256), "head.bias": torch.zeros(1000)}


@pytest.mark.parametrize(
    ("name", "file", "layout"),
    [
        ("unet-resnet18", lambda state: state | FC, "ResNet of torchvision"),
        ("pspnet-resnet18", lambda state: {"state_dict": state | FC}, "ResNetV1c of MMSegmentation"),
        (
            "deeplabv3plus-resnet18",
            lambda state: {f"backbone.{key}": value for key, value in state.items()},
            "ResNetV1c of MMSegmentation",
        ),
        ("deeplabv3plus-resnet18", lambda state: timm(state) | FC, "ResNet with a deep stem of timm"),
        ("segformer-b0", lambda state: to_nvidia(state) | HEAD, "MiT of NVIDIA"),
        ("segformer-b0", to_mmsegmentation, "MiT of MMSegmentation"),
        ("segformer-b0", dict, "MiT of transformers"),
        ("segformer-b0", former_names, "MiT of transformers 4"),
        (
            "segformer-b0",
            lambda state: {f"segformer.{key}": value for key, value in state.items()} | DECODE_HEAD,
            "MiT of transformers",
        ),
        (
            "segformer-b0",
            lambda state: (
                {f"segformer.{key}": value for key, value in former_names(state).items()} | DECODE_HEAD
            ),
            "MiT of transformers 4",
        ),
    ],
)
def test_a_layout_is_recognised(name: str, file: object, layout: str) -> None:
    network, state = backbone(name, 1)
    assert callable(file) and load_backbone(network, file(state), "x") == layout
    part = network.get_submodule("encoder" if name.startswith("unet") else "backbone")
    assert all(torch.equal(value, state[key]) for key, value in part.state_dict().items())


@pytest.mark.parametrize("name", ("unet-lite0", "deeplabv3plus-lite0"))
def test_the_classifier_of_a_lite_network_is_left_out(name: str) -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(2)
        classifier = EfficientNetLite(0, classes=1000)
    network, _ = backbone(name, 3)
    assert load_backbone(network, classifier.state_dict(), "x") == "EfficientNet-Lite"
    part = network.get_submodule("encoder" if name.startswith("unet") else "backbone")
    assert torch.equal(part.get_parameter("_conv_stem.weight"), classifier.get_parameter("_conv_stem.weight"))


def test_what_does_not_fit_is_named() -> None:
    network, state = backbone("pspnet-resnet18", 4)
    plain = backbone("unet-resnet18", 4)[1]
    with pytest.raises(
        ValueError, match=r"x \(ResNet of torchvision\): expected a ResNet that begins with a deep"
    ):
        load_backbone(network, plain, "x")
    with pytest.raises(
        ValueError, match=r"got others \(missing: layer4\.1\..* and \d+ more\); use weights of this"
    ):
        load_backbone(network, {key: v for key, v in state.items() if not key.startswith("layer4.1")}, "x")
    with pytest.raises(ValueError, match=r"unknown: layer5\.0\.conv1\.weight"):
        load_backbone(network, state | {"layer5.0.conv1.weight": torch.zeros(1)}, "x")
    with pytest.raises(
        ValueError, match="x: expected a network with a backbone, got UNet; leave the weights out"
    ):
        load_backbone(new_segmenter("unet"), state, "x")


@pytest.mark.parametrize("former", (False, True))
def test_a_classifier_of_transformers_gives_its_encoder(former: bool) -> None:
    network, _ = backbone("segformer-b0", 6)
    with torch.random.fork_rng(devices=[]):
        state = dict(classifier().state_dict())
    file = former_names(state) if former else state
    layout = "MiT of transformers 4" if former else "MiT of transformers"
    assert load_backbone(network, file, "x") == layout
    for key, value in network.get_submodule("backbone").state_dict().items():
        assert torch.equal(value, state[f"segformer.{key}"])


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ({"odd": torch.zeros(1)}, "odd"),
        ({"odd": torch.zeros(1), "b": torch.zeros(1), "c": torch.zeros(1)}, "odd and 2 more"),
        ({"epoch": 1}, r"no tensors \(int\)"),
    ],
)
def test_a_layout_that_is_not_known_is_one_line(content: dict[str, object], found: str) -> None:
    network, _ = backbone("pspnet-resnet18", 7)
    message = (
        f"^x: expected a ResNet, MiT or EfficientNet-Lite as published, got {found}; use a file of a layout "
        r"that docs/segmenters\.md lists$"
    )
    with pytest.raises(ValueError, match=message):
        load_backbone(network, content, "x")


def test_a_resnet_with_averaging_shortcuts_is_named() -> None:
    network, state = backbone("pspnet-resnet18", 5)
    averaging = {
        re.sub(r"downsample\.(\d)", lambda found: f"downsample.{int(found[1]) + 1}", key): value
        for key, value in state.items()
    }
    with pytest.raises(ValueError, match="shortcuts are one convolution, got one that averages before it"):
        load_backbone(network, averaging, "x")
