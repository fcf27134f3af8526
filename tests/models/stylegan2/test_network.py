"""StyleGAN2's layers against the paper's equations, computed one sample at a time."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from models.stylegan2.layers import EqualLinear, ModulatedConv, NoiseInjection, ToRGB, pixel_norm
from models.stylegan2.network import StyleGAN2, StyleGAN2Config
from models.stylegan2.upfirdn import upfirdn

TINY = StyleGAN2Config(channels=(8, 8, 4), styles=6, mapping_layers=2)


def _one_by_one(layer: ModulatedConv, features: Tensor, latents: Tensor) -> Tensor:
    """Weights of each sample's own: modulated (eq. 1), demodulated (eq. 3), then convolved."""
    results = []
    for sample, latent in zip(features, latents, strict=True):
        modulation = layer.style_modulation
        style = (modulation.linear.weight_orig / math.sqrt(len(latent))) @ latent + modulation.bias
        weight = layer.weight_orig[0] / math.sqrt(layer.weight_orig[0, 0].numel())
        weight = weight * style[None, :, None, None]
        if layer.demodulate:
            weight = weight / torch.sqrt(weight.square().sum((1, 2, 3), keepdim=True) + 1e-8)
        if layer.upsample:
            result = functional.conv_transpose2d(sample[None], weight.transpose(0, 1), stride=2)
            result = upfirdn(result, layer.blur.kernel, pad=(1, 1))
        else:
            result = functional.conv2d(sample[None], weight, padding=weight.shape[-1] // 2)
        results.append(result[0])
    return torch.stack(results)


@pytest.mark.parametrize("upsample", [False, True])
@pytest.mark.parametrize("demodulate", [False, True])
@pytest.mark.parametrize("strength", [1e-6, 1.0, 50.0])
def test_each_sample_is_convolved_by_its_own_weights(
    upsample: bool, demodulate: bool, strength: float
) -> None:
    torch.manual_seed(0)
    layer = ModulatedConv(5, 7, 3, 6, demodulate=demodulate, upsample=upsample)
    torch.nn.init.normal_(layer.style_modulation.bias)
    layer.style_modulation.bias.data.mul_(strength)
    latents, features = torch.randn(3, 6) * strength, torch.randn(3, 5, 4, 4)
    expected = _one_by_one(layer, features, latents).detach()
    assert expected.shape[-1] == (8 if upsample else 4)
    assert torch.allclose(
        layer(features, latents), expected, rtol=1e-4, atol=1e-5 * float(expected.abs().max())
    )


def test_strong_styles_do_not_overflow_half_precision() -> None:
    torch.manual_seed(0)
    layer = ModulatedConv(64, 64, 3, 16)
    latents, features = torch.randn(1, 16) * 3e4, torch.randn(1, 64, 8, 8)
    expected = layer(features, latents)
    # Multiplied in half precision, the same weights are infinite.
    assert (latents.half().abs().max() * 10).isinf() and expected.isfinite().all()
    with torch.autocast("cpu", dtype=torch.float16):
        half = layer(features, latents)
    assert half.dtype == torch.float16 and (half.float() - expected).abs().max() < 0.05


def test_silent_styles_give_silence_not_nan() -> None:
    layer = ModulatedConv(4, 4, 3, 6)
    torch.nn.init.zeros_(layer.style_modulation.bias)
    assert torch.equal(layer(torch.rand(1, 4, 4, 4), torch.zeros(1, 6)), torch.zeros(1, 4, 4, 4))


def test_linear_layers_scale_their_weights_and_bias_when_used() -> None:
    layer = EqualLinear(9, 4, rate=0.01, activate=True)
    torch.nn.init.normal_(layer.bias)
    latents = torch.randn(2, 9)
    plain = latents @ layer.linear.weight_orig.T * 0.01 / 3 + layer.bias * 0.01
    assert torch.allclose(layer(latents), torch.where(plain > 0, plain, 0.2 * plain) * 2**0.5, atol=1e-6)
    assert layer.linear.weight_orig.std() > 50  # drawn large, so that it comes to 1 / sqrt(9)


def test_latents_are_brought_to_unit_size() -> None:
    latents = pixel_norm(torch.randn(3, 50) * torch.tensor([[1e-3], [1.0], [1e4]]))
    assert torch.allclose(latents.square().mean(1), torch.ones(3), atol=3e-3)


def test_noise_is_the_same_for_all_channels_and_weighed() -> None:
    layer = NoiseInjection()
    features, noise = torch.rand(2, 3, 4, 4), torch.randn(1, 1, 4, 4)
    assert torch.equal(layer(features, noise), features)
    torch.nn.init.constant_(layer.weight, 0.5)
    assert torch.allclose(layer(features, noise) - features, (0.5 * noise).expand(2, 3, 4, 4), atol=1e-6)


def test_colours_are_added_to_the_enlarged_ones_below() -> None:
    layer = ToRGB(4, 6)
    features, latents = torch.rand(2, 4, 8, 8), torch.randn(2, 6)
    below = torch.full((2, 3, 4, 4), 0.25)
    added = layer(features, latents, below) - layer(features, latents)
    assert torch.allclose(added[..., 1:-1, 1:-1], torch.full((1,), 0.25), atol=1e-6)


def test_equal_latents_give_equal_pictures_and_noise_shows() -> None:
    prior = StyleGAN2(TINY)
    latents = prior.style_mapping(torch.randn(2, 6))[:, None].expand(-1, TINY.layers, -1)
    picture = prior(latents)
    assert picture.shape == (2, 3, 16, 16) and torch.equal(picture, prior(latents))
    for name, weight in prior.named_parameters():
        if "noise_injector" in name:
            torch.nn.init.ones_(weight)
    assert not torch.allclose(prior(latents), picture)


def test_each_layer_takes_its_own_latent() -> None:
    torch.manual_seed(0)
    prior, latents = StyleGAN2(TINY), torch.randn(2, TINY.layers, 6)
    noise = [prior.get_buffer(f"injected_noise_{layer}") for layer in range(5)]
    x = prior.conv1(prior.constant_input.input.repeat(2, 1, 1, 1), latents[:, 0], noise[0])
    colours = prior.to_rgb1(x, latents[:, 1])
    x = prior.convs[1](prior.convs[0](x, latents[:, 1], noise[1]), latents[:, 2], noise[2])
    colours = prior.to_rgbs[0](x, latents[:, 3], colours)
    x = prior.convs[3](prior.convs[2](x, latents[:, 3], noise[3]), latents[:, 4], noise[4])
    assert torch.equal(prior(latents), prior.to_rgbs[1](x, latents[:, 5], colours))


def test_every_weight_bears_on_the_picture() -> None:
    prior = StyleGAN2(TINY)
    prior(
        prior.style_mapping(torch.randn(2, 6))[:, None].expand(-1, TINY.layers, -1)
    ).square().sum().backward()
    assert all(weight.grad is not None and weight.grad.abs().sum() > 0 for weight in prior.parameters())


def test_published_widths() -> None:
    config = StyleGAN2Config.published(1024)
    assert config.channels == (512, 512, 512, 512, 512, 256, 128, 64, 32)
    assert (config.size, config.layers, config.channels_at(128)) == (1024, 18, 256)
    assert StyleGAN2Config.published(256).layers == 14
    assert StyleGAN2Config.published(256, multiplier=1).channels == (512, 512, 512, 512, 256, 128, 64)
    with torch.device("meta"):
        prior = StyleGAN2(config)
    assert sum(weight.numel() for weight in prior.parameters()) == 30_370_060


def test_wrong_calls_are_refused() -> None:
    with pytest.raises(ValueError, match="expected a power of two from 8 on, got 100"):
        StyleGAN2Config.published(100)
    with pytest.raises(ValueError, match=r"from 4 pixels on to at least 8, got \(8,\)"):
        StyleGAN2Config(channels=(8,))
    with pytest.raises(ValueError, match=r"latents: expected shape \(N, 6, 6\), got \(1, 5, 6\)"):
        StyleGAN2(TINY)(torch.zeros(1, 5, 6))
