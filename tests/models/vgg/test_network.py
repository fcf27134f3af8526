"""VGG16's features: the published layout, and what is computed from it."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from models.vgg.network import VGGFeatures, feature_loss
from models.vgg.weights import load_vgg, vgg_from
from tests.models.published import Shapes, conv, saved, tensors

PLACES = (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28)
REPEATS = (2, 2, 3, 3, 3)


def published(widths: tuple[int, ...] = (64, 128, 256, 512, 512), hidden: int = 4096) -> Shapes:
    """``vgg16-397923af.pth``, written out."""
    shapes: Shapes = {}
    channels = [3, *(width for width, repeats in zip(widths, REPEATS, strict=True) for _ in range(repeats))]
    for place, before, after in zip(PLACES, channels, channels[1:], strict=False):
        shapes |= conv(f"features.{place}", before, after)
    sizes = (49 * widths[-1], hidden, hidden, 1000)
    for layer, before, after in zip((0, 3, 6), sizes, sizes[1:], strict=False):
        shapes |= {f"classifier.{layer}.weight": (after, before), f"classifier.{layer}.bias": (after,)}
    return shapes


TINY = published((4, 6, 8, 10, 10), 12)


def test_the_published_network_fits_and_its_later_layers_are_dropped() -> None:
    network = vgg_from(tensors(published(), "meta"))
    assert sum(value.numel() for value in network.parameters()) == 7_635_264
    assert not any(value.requires_grad for value in network.parameters())


def test_features_are_those_of_layer_21_before_its_relu() -> None:
    state = tensors(TINY)
    network = load_vgg(saved(state))
    images = torch.rand(2, 3, 16, 24, generator=torch.Generator().manual_seed(1)) * 2 - 1
    mean = torch.tensor([0.485, 0.456, 0.406])[:, None, None]
    features = ((images * 0.5 + 0.5) - mean) / torch.tensor([0.229, 0.224, 0.225])[:, None, None]
    for place in PLACES[:10]:
        features = functional.conv2d(
            features, state[f"features.{place}.weight"], state[f"features.{place}.bias"], padding=1
        )
        if place < 21:
            features = features.relu()
        if place in (2, 7, 14):
            features = functional.max_pool2d(features, 2)
    assert torch.allclose(network(images), features, atol=1e-6)
    assert features.shape == (2, 10, 2, 3) and (features < 0).any()


def test_the_loss_is_nought_for_equal_pictures_and_leads_towards_the_real_one() -> None:
    network = load_vgg(saved(tensors(TINY)))
    real = torch.rand(1, 3, 16, 16, generator=torch.Generator().manual_seed(2)) * 2 - 1
    assert feature_loss(network, real, real) == 0
    made = (real * 0.5).requires_grad_()
    before = feature_loss(network, made, real)
    before.backward()
    assert made.grad is not None
    after = feature_loss(network, made.detach() - 1e-2 * made.grad / made.grad.norm(), real)
    assert 0 < after < before


def test_unknown_and_missing_names_are_reported() -> None:
    state = tensors(TINY)
    with pytest.raises(ValueError, match=r"unknown: features\.30\.weight"):
        vgg_from(state | {"features.30.weight": torch.zeros(1)}, "v.pth")
    del state["features.19.bias"]
    with pytest.raises(ValueError, match=r"v\.pth: .* of VGGFeatures, got missing: features\.19\.bias"):
        vgg_from(state, "v.pth")
    with pytest.raises(ValueError, match=r"expected a tensor named features\.0\.weight"):
        vgg_from({"conv.weight": torch.zeros(1)}, "v.pth")


def test_one_can_be_made_without_a_file() -> None:
    assert VGGFeatures().features[21].out_channels == 512
