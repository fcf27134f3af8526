from __future__ import annotations

import sys

import pytest
import torch

from models.segmenters.segformer.network import MixTransformer, SegFormer


def test_features_are_a_quarter_to_a_thirty_second_of_the_sides() -> None:
    features = MixTransformer(0).eval()(torch.rand(1, 3, 64, 96))
    assert [tuple(one.shape[1:]) for one in features] == [
        (32, 16, 24),
        (64, 8, 12),
        (160, 4, 6),
        (256, 2, 3),
    ]
    assert "torchvision" not in sys.modules


def test_norms_have_mmsegmentation_s_epsilon() -> None:
    norms = [module for module in MixTransformer(0).modules() if isinstance(module, torch.nn.LayerNorm)]
    assert {module.eps for module in norms} == {1e-6} and len(norms) > 20


def test_paths_are_dropped_in_training_alone() -> None:
    network, images = SegFormer(size=0), torch.rand(2, 3, 32, 32)
    with torch.inference_mode():
        assert torch.equal(network.eval()(images), network(images))
        features = network.train().backbone
        assert not torch.equal(features(images)[-1], features(images)[-1])


def test_an_unknown_size_is_refused() -> None:
    with pytest.raises(ValueError, match="size: expected one of 0, 1, 2, 3, 4, 5, got 6"):
        SegFormer(size=6)
