from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from models.glean.network import GLEAN, GLEANConfig, PixelShufflePack
from models.stylegan2.network import StyleGAN2Config

TINY = GLEANConfig(
    in_size=8,
    prior=StyleGAN2Config(channels=(16, 16, 8, 4), styles=16, mapping_layers=1),
    blocks=1,
    width=8,
    growth=4,
    head=8,
)


@pytest.mark.parametrize(
    ("in_size", "out_size", "millions"),
    [
        (16, 256, 171.9),
        (32, 256, 162.5),
        (64, 256, 157.8),
        (128, 512, 165.6),
        (64, 1024, 175.5),
        (128, 1024, 174.2),
        (256, 1024, 173.8),
    ],
)
def test_the_published_sizes_have_their_number_of_parameters(
    in_size: int, out_size: int, millions: float
) -> None:
    config = GLEANConfig.published(in_size, out_size)
    with torch.device("meta"):
        network = GLEAN(config)
    parameters = sum(weight.numel() for weight in network.parameters())
    assert round(parameters / 1e6, 1) == millions
    assert config.scale == out_size // in_size


def _read_plainly(network: GLEAN, images: torch.Tensor) -> torch.Tensor:
    """Specs 3.1, step by step, for 8 to 32 pixels."""

    def bent(x: torch.Tensor) -> torch.Tensor:
        return functional.leaky_relu(x, 0.2)

    encoder, prior = network.encoder, network.generator
    noise = [getattr(prior, f"injected_noise_{layer}") for layer in range(7)]
    f8 = bent(encoder[0][1](encoder[0][0](images)))
    f4 = bent(encoder[1][2](bent(encoder[1][0](f8))))
    w = encoder[2][3](bent(encoder[2][0](f4)).flatten(1)).view(len(images), 8, 16)
    x = prior.conv1(prior.constant_input.input.repeat(len(images), 1, 1, 1), w[:, 0], noise[0])
    x = network.fusion_out[0](torch.cat([x, f4], 1))
    x = prior.convs[1](prior.convs[0](x, w[:, 1], noise[1]), w[:, 2], noise[2])
    x = network.fusion_out[1](torch.cat([x, f8], 1))
    g16 = prior.convs[3](prior.convs[2](x, w[:, 3], noise[3]), w[:, 4], noise[4])
    g32 = prior.convs[5](prior.convs[4](g16, w[:, 5], noise[5]), w[:, 6], noise[6])
    d16 = functional.pixel_shuffle(network.decoder[0].upsample_conv(f8), 2)
    d32 = functional.pixel_shuffle(network.decoder[1].upsample_conv(torch.cat([d16, g16], 1)), 2)
    return network.decoder[2][2](bent(network.decoder[2][0](torch.cat([d32, g32], 1))))


def test_it_computes_what_its_description_says() -> None:
    torch.manual_seed(0)
    network = GLEAN(TINY)
    for name, weight in network.named_parameters():
        if "noise_injector" in name:
            torch.nn.init.constant_(weight, 0.3)
    images = torch.rand(3, 3, 8, 8) * 2 - 1
    result = network(images)
    assert result.shape == (3, 3, 32, 32)
    assert torch.allclose(result, _read_plainly(network, images), atol=1e-5)
    # One picture does not bear on another.
    assert torch.allclose(network(images[1:2]), result[1:2], atol=1e-5)


def test_the_decoder_starts_as_published() -> None:
    torch.manual_seed(0)
    layer = PixelShufflePack(64, 32).upsample_conv
    assert layer.bias is not None and not layer.bias.any()
    assert float(layer.weight.detach().std()) == pytest.approx((2 / (64 * 9)) ** 0.5, rel=0.02)


@pytest.mark.parametrize(("in_size", "channels"), [(4, (8, 8)), (4, (8, 8, 4)), (16, (8, 8, 8, 4, 2))])
def test_other_pairs_of_sizes_work(in_size: int, channels: tuple[int, ...]) -> None:
    config = GLEANConfig(
        in_size=in_size,
        prior=StyleGAN2Config(channels=channels, styles=8, mapping_layers=1),
        blocks=1,
        width=4,
        growth=2,
    )
    assert GLEAN(config)(torch.rand(1, 3, in_size, in_size)).shape[-1] == config.out_size


def test_it_learns_a_picture_while_its_prior_stays_as_it_is() -> None:
    torch.manual_seed(0)
    network = GLEAN(TINY)
    before = {name: value.clone() for name, value in network.generator.state_dict().items()}
    large = functional.interpolate(torch.rand(2, 3, 6, 6), size=32, mode="bicubic") * 2 - 1
    small = functional.interpolate(large, size=8, mode="area")
    learning = [weight for weight in network.parameters() if weight.requires_grad]
    optimiser, losses = torch.optim.Adam(learning, lr=2e-3), []
    for _ in range(30):
        loss = functional.mse_loss(network(small), large)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    # 0.4 on one processor; 1 without learning.
    assert losses[-1] < 0.7 * losses[0]
    assert all(weight.grad is not None for weight in learning)
    assert all(torch.equal(value, before[name]) for name, value in network.generator.state_dict().items())


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_stays_close(dtype: torch.dtype) -> None:
    torch.manual_seed(0)
    network, images = GLEAN(TINY).eval(), torch.rand(2, 3, 8, 8) * 2 - 1
    with torch.no_grad():
        full = network(images)
        with torch.autocast("cpu", dtype=dtype):
            mixed = network(images)
        half = network.to(dtype)(images.to(dtype))
    for result in (mixed, half):
        assert result.dtype == dtype
        assert (result.float() - full).abs().max() < 0.03 * full.abs().max()


def test_wrong_sizes_are_refused() -> None:
    with pytest.raises(
        ValueError, match=r"expected shape \(N, 3, 8, 8\), got \(1, 3, 8, 9\); cut the picture"
    ):
        GLEAN(TINY)(torch.zeros(1, 3, 8, 9))
    for in_size in (2, 24, 256, 512):
        with pytest.raises(
            ValueError, match=f"power of two from 4 on and below 256, the prior's size, got {in_size}"
        ):
            GLEANConfig.published(in_size, 256)
