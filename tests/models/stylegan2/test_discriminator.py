"""StyleGAN2's discriminator: the published layout, its parts against plain readings, and learning."""

from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional

from models.stylegan2.discriminator import (
    EqualConv,
    ResidualBlock,
    StyleGAN2Discriminator,
    discriminator_from,
    load_discriminator,
    with_spread,
)
from tests.models.published import Shapes, saved, tensors


def published(channels: list[int]) -> Shapes:
    """The discriminator of a published prior's file, ``channels`` of 4, 8 … pixels."""
    shapes: Shapes = {
        "convs.0.0.conv.weight_orig": (channels[-1], 3, 1, 1),
        "convs.0.1.bias": (channels[-1],),
    }
    for block in range(1, len(channels)):
        before, after = channels[-block], channels[-block - 1]
        name = f"convs.{block}"
        shapes[f"{name}.conv1.0.conv.weight_orig"] = (before, before, 3, 3)
        shapes[f"{name}.conv1.1.bias"] = (before,)
        shapes[f"{name}.conv2.0.kernel"] = (4, 4)
        shapes[f"{name}.conv2.1.conv.weight_orig"] = (after, before, 3, 3)
        shapes[f"{name}.conv2.2.bias"] = (after,)
        shapes[f"{name}.skip.0.kernel"] = (4, 4)
        shapes[f"{name}.skip.1.conv.weight_orig"] = (after, before, 1, 1)
    shapes["final_conv.0.conv.weight_orig"] = (channels[0], channels[0] + 1, 3, 3)
    shapes["final_conv.1.bias"] = (channels[0],)
    shapes["final_linear.0.linear.weight_orig"] = (channels[0], 16 * channels[0])
    shapes["final_linear.0.bias"] = (channels[0],)
    shapes["final_linear.1.linear.weight_orig"] = (1, channels[0])
    shapes["final_linear.1.bias"] = (1,)
    return shapes


def test_the_published_one_of_1024_pixels_fits_beside_its_bank() -> None:
    channels = [512, 512, 512, 512, 512, 256, 128, 64, 32]
    state = {f"discriminator.{name}": value for name, value in tensors(published(channels), "meta").items()}
    network = discriminator_from(state | {"generator_ema.to_rgb1.bias": torch.zeros(1)})
    assert network.size == 1024
    # As StyleGAN2's own count.
    assert sum(value.numel() for value in network.parameters()) == 29_012_513


def test_a_file_of_its_own_is_read_strictly() -> None:
    state = tensors(published([6, 5, 4]))
    assert load_discriminator(saved(state)).size == 16
    del state["final_conv.1.bias"]
    with pytest.raises(ValueError, match=r"d\.pth: .* got missing: final_conv\.1\.bias"):
        load_discriminator(saved(state), "d.pth")


def test_weights_are_divided_by_the_root_of_their_inputs() -> None:
    layer = EqualConv(5, 2, 3)
    weight = layer.conv.get_parameter("weight_orig")
    features = torch.randn(1, 5, 6, 6, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(
        layer(features), functional.conv2d(features, weight / math.sqrt(45), padding=1), atol=1e-6
    )


def test_a_block_halves_and_adds_the_short_way() -> None:
    block = ResidualBlock(2, 3)
    with torch.no_grad():
        block.conv2[1].conv.weight_orig.zero_()
    flat = torch.ones(1, 2, 8, 8)
    result = block(flat)
    short = block.skip[1].conv.weight_orig.sum((1, 2, 3)) / math.sqrt(2) / math.sqrt(2)
    assert result.shape == (1, 3, 4, 4)
    # Off the border, where the blur sees noughts, it keeps a flat picture's brightness.
    assert torch.allclose(result[0, :, 1:-1, 1:-1], short[:, None, None].expand(-1, 2, 2), atol=1e-5)


def test_spread_is_measured_in_groups_of_four() -> None:
    features = torch.randn(8, 3, 2, 2, generator=torch.Generator().manual_seed(0))
    planes = with_spread(features)[:, 3]
    for place in range(8):
        group = features[place % 2 :: 2]
        wanted = group.std(0, unbiased=False).mean()
        assert torch.allclose(planes[place], wanted.expand(2, 2), atol=1e-4)
    assert with_spread(features[:3])[:, 3].unique().numel() == 1, "three make one group"
    assert float(with_spread(features[:1])[0, 3, 0, 0]) == pytest.approx(1e-4, rel=1e-3)


def test_it_learns_to_tell_pictures_apart() -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = StyleGAN2Discriminator((8, 8, 8))
        smooth = torch.rand(4, 3, 1, 1).expand(-1, -1, 16, 16).clone()
        rough = torch.rand(4, 3, 16, 16)
    optimiser = torch.optim.Adam(network.parameters(), 1e-2)
    for _ in range(30):
        loss = functional.softplus(-network(smooth)).mean() + functional.softplus(network(rough)).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    with torch.no_grad():
        assert float(network(smooth).min()) > 0 > float(network(rough).max())


def test_pictures_of_another_size_are_refused() -> None:
    with pytest.raises(ValueError, match=r"expected shape \(N, 3, 16, 16\), got \(1, 3, 8, 8\)"):
        StyleGAN2Discriminator((4, 4, 4))(torch.zeros(1, 3, 8, 8))
    with pytest.raises(ValueError, match="channels: expected widths"):
        StyleGAN2Discriminator((4,))
