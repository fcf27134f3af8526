"""StyleGAN2 beside BasicSR's: its layers, and the whole generator but for the fused activation."""

from __future__ import annotations

import re

import pytest
import torch
from torch import Tensor, nn

from models.stylegan2.layers import EqualLinear, ModulatedConv, NoiseInjection, ToRGB, pixel_norm
from models.stylegan2.network import StyleGAN2, StyleGAN2Config
from models.stylegan2.upfirdn import Smooth, smooth_kernel, upfirdn
from tests.models.basicsr.activation import describe_activations
from tests.models.basicsr.parts import part, require_basicsr

require_basicsr()
ARCH = part("archs.stylegan2_arch")
RESAMPLE = part("ops.upfirdn2d.upfirdn2d").upfirdn2d

# Our names of BasicSR's tensors, by parts of the name.
NAMES = {
    r"^style_mlp\.(\d+)\.weight$": r"style_mapping.\1.linear.weight_orig",
    r"^style_mlp\.(\d+)\.bias$": r"style_mapping.\1.bias",
    r"^constant_input\.weight$": "constant_input.input",
    r"^style_conv": "conv",
    r"modulated_conv\.weight$": "conv.weight_orig",
    r"modulated_conv\.modulation\.weight$": "conv.style_modulation.linear.weight_orig",
    r"modulated_conv\.modulation\.bias$": "conv.style_modulation.bias",
    r"^(conv1|convs\.\d+)\.weight$": r"\1.noise_injector.weight",
    r"^noises\.noise": "injected_noise_",
}


def _renamed(name: str) -> str:
    for pattern, ours in NAMES.items():
        name = re.sub(pattern, ours, name)
    return name


def _close(got: Tensor, expected: Tensor) -> None:
    assert got.shape == expected.shape
    scale = float(expected.detach().abs().max())
    assert scale > 1e-3
    torch.testing.assert_close(got, expected, rtol=1e-5, atol=1e-5 * scale)


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(0)


def _generators() -> tuple[StyleGAN2, nn.Module]:
    """A pair with the same weights, none of them nought."""
    theirs = ARCH.StyleGAN2Generator(128, num_style_feat=12, num_mlp=3, narrow=1 / 64)
    for weight in theirs.parameters():
        nn.init.normal_(weight)
    ours = StyleGAN2(StyleGAN2Config(channels=(8, 8, 8, 8, 8, 4), styles=12, mapping_layers=3))
    state = {_renamed(name): value for name, value in theirs.state_dict().items()}
    misfit = ours.load_state_dict(state, strict=False)
    assert not misfit.unexpected_keys
    # Theirs are no part of the checkpoint.
    assert all(name.endswith(".kernel") for name in misfit.missing_keys)
    describe_activations(theirs)
    return ours, theirs


def test_the_generator_makes_the_same_picture() -> None:
    ours, theirs = _generators()
    latents = torch.randn(2, ours.config.layers, 12)
    expected, _ = theirs([latents], input_is_latent=True, randomize_noise=False)
    assert expected.shape == (2, 3, 128, 128)
    _close(ours(latents), expected)


def test_gradients_by_latents_and_weights_are_equal() -> None:
    ours, theirs = _generators()
    latents = torch.randn(1, ours.config.layers, 12)
    wanted, got = latents.clone().requires_grad_(), latents.clone().requires_grad_()
    theirs([wanted], input_is_latent=True, randomize_noise=False)[0].square().mean().backward()
    ours(got).square().mean().backward()
    assert wanted.grad is not None and got.grad is not None
    _close(got.grad, wanted.grad)
    gradients = dict(ours.named_parameters())
    for name, weight in theirs.named_parameters():
        if weight.grad is not None:
            learnt = gradients[_renamed(name)].grad
            assert learnt is not None, name
            _close(learnt, weight.grad)


@pytest.mark.parametrize(("kernel", "upsample"), [(1, False), (3, False), (3, True)])
@pytest.mark.parametrize("demodulate", [False, True])
def test_modulated_convolutions_are_equal(kernel: int, demodulate: bool, upsample: bool) -> None:
    mode = "upsample" if upsample else None
    theirs = ARCH.ModulatedConv2d(6, 5, kernel, 7, demodulate=demodulate, sample_mode=mode)
    ours = ModulatedConv(6, 5, kernel, 7, demodulate=demodulate, upsample=upsample)
    nn.init.normal_(theirs.modulation.bias)
    ours.weight_orig, ours.style_modulation.bias = theirs.weight, theirs.modulation.bias
    ours.style_modulation.linear.weight_orig = theirs.modulation.weight
    features, latents = torch.randn(3, 6, 9, 8), torch.randn(3, 7)
    _close(ours(features, latents), theirs(features, latents))


def test_noise_comes_before_the_activation_with_its_weight() -> None:
    theirs = ARCH.StyleConv(6, 5, 3, 7)
    theirs.activate = nn.Identity()
    nn.init.constant_(theirs.weight, 0.7)
    ours = NoiseInjection()
    ours.weight = theirs.weight
    features, latents, noise = torch.randn(2, 6, 8, 8), torch.randn(2, 7), torch.randn(1, 1, 8, 8)
    plain = theirs.modulated_conv(features, latents)
    _close(ours(plain, noise), theirs(features, latents, noise=noise))


@pytest.mark.parametrize("below", [False, True])
def test_colours_are_equal(below: bool) -> None:
    theirs, ours = ARCH.ToRGB(6, 7), ToRGB(6, 7)
    nn.init.normal_(theirs.bias)
    ours.bias, ours.conv.weight_orig = theirs.bias, theirs.modulated_conv.weight
    ours.conv.style_modulation.bias = theirs.modulated_conv.modulation.bias
    ours.conv.style_modulation.linear.weight_orig = theirs.modulated_conv.modulation.weight
    features, latents = torch.randn(2, 6, 16, 16), torch.randn(2, 7)
    smaller = torch.randn(2, 3, 8, 8) if below else None
    _close(ours(features, latents, smaller), theirs(features, latents, smaller))


def test_linear_layers_of_the_mapping_are_equal() -> None:
    theirs, ours = ARCH.EqualLinear(9, 4, lr_mul=0.01), EqualLinear(9, 4, rate=0.01, activate=True)
    nn.init.normal_(theirs.bias)
    ours.linear.weight_orig, ours.bias = theirs.weight, theirs.bias
    latents = torch.randn(5, 9)
    _close(ours(latents), ARCH.ScaledLeakyReLU(0.2)(theirs(latents)))


def test_latents_are_normalised_alike() -> None:
    latents = torch.randn(4, 512)
    _close(pixel_norm(latents), ARCH.NormStyleCode()(latents))


def test_enlarging_blurring_and_reducing_are_equal() -> None:
    pictures, line = torch.randn(2, 3, 9, 7), [1, 3, 3, 1]
    enlarged = ARCH.UpFirDnUpsample(line, factor=2)
    _close(Smooth(up=2, pad=(2, 1))(pictures), enlarged(pictures))
    assert torch.equal(smooth_kernel(2), enlarged.kernel)
    blurred = ARCH.UpFirDnSmooth(line, upsample_factor=2, kernel_size=3)
    _close(Smooth(up=1, pad=(1, 1))(pictures), blurred(pictures))
    reduced = ARCH.UpFirDnDownsample(line, factor=2)
    _close(upfirdn(pictures, smooth_kernel(1), down=2, pad=(1, 1)), reduced(pictures))


@pytest.mark.parametrize("up", [1, 2, 3])
@pytest.mark.parametrize("down", [1, 2])
@pytest.mark.parametrize("pad", [(0, 0), (2, 1), (-1, 2), (1, -2), (-1, -1)])
def test_resampling_by_any_kernel_is_equal(up: int, down: int, pad: tuple[int, int]) -> None:
    pictures, kernel = torch.randn(2, 3, 8, 7), torch.randn(3, 3)
    _close(upfirdn(pictures, kernel, up=up, down=down, pad=pad), RESAMPLE(pictures, kernel, up, down, pad))
