from __future__ import annotations

import sys

import pytest
import torch

from models.segmenters.segformer.heads import Program
from models.segmenters.segformer.network import MixTransformer, SegFormer
from tests.models.segmenters.segformer.transformers_4 import segmenter


def test_features_are_a_quarter_to_a_thirty_second_of_the_sides() -> None:
    features = MixTransformer(0).eval()(torch.rand(1, 3, 64, 96))
    assert [tuple(one.shape[1:]) for one in features] == [
        (32, 16, 24),
        (64, 8, 12),
        (160, 4, 6),
        (256, 2, 3),
    ]
    assert "torchvision" not in sys.modules


@pytest.mark.parametrize(
    ("program", "inner", "outer"),
    [("mmsegmentation", 1e-6, 1e-6), ("nvidia", 1e-5, 1e-6), ("transformers", 1e-5, 1e-5)],
)
def test_norms_have_the_program_s_epsilons(program: Program, inner: float, outer: float) -> None:
    """Inner: of the patches of four stages, and of the keys in the six blocks of the first three."""
    norms = {
        name: module.eps
        for name, module in MixTransformer(0, program).named_modules()
        if isinstance(module, torch.nn.LayerNorm)
    }
    within = [eps for name, eps in norms.items() if "patch" in name or "reduction" in name]
    assert within == [inner] * (4 + 6)
    assert [eps for name, eps in norms.items() if name.count(".") < 3 and "patch" not in name] == [outer] * 4
    assert sorted(norms.values()) == sorted(within + [outer] * (4 + 16))


def test_transformers_has_these_epsilons() -> None:
    norms = [one for one in segmenter(2).modules() if isinstance(one, torch.nn.LayerNorm)]
    assert {one.eps for one in norms} == {1e-5} and len(norms) == 30


def test_paths_are_dropped_in_training_alone() -> None:
    with torch.inference_mode(), torch.random.fork_rng(devices=[]):
        # Some draws keep every path of both pictures.
        torch.manual_seed(0)
        network, images = SegFormer(size=0), torch.rand(2, 3, 32, 32)
        assert torch.equal(network.eval()(images), network(images))
        features = network.train().backbone
        assert not torch.equal(features(images)[-1], features(images)[-1])


def test_an_unknown_size_is_refused() -> None:
    with pytest.raises(ValueError, match="size: expected one of 0, 1, 2, 3, 4, 5, got 6"):
        SegFormer(size=6)


@pytest.mark.parametrize(
    ("size", "millions"), [(0, 3.8), (1, 13.7), (2, 27.5), (3, 47.3), (4, 64.1), (5, 84.7)]
)
def test_nvidia_s_network_has_the_published_number_of_parameters(size: int, millions: float) -> None:
    """Of 150 classes: table 1 of SegFormer (Xie et al. 2021)."""
    with torch.device("meta"):
        network = SegFormer(classes=150, size=size, program="nvidia")
    found = sum(value.numel() for value in network.parameters()) / 1e6
    assert round(found, 1) == millions
