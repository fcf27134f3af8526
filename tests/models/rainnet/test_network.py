"""The generator: its size, its layers against a restatement, and what it refuses."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from models.rainnet.network import RainNet, RainNetConfig, initialise

WIDTH = 2


def tiny(channels: int = 3) -> RainNet:
    network = RainNet(RainNetConfig(width=WIDTH, channels=channels))
    generator = torch.Generator().manual_seed(0)
    for weight in network.parameters():
        torch.nn.init.normal_(weight, 0, 0.2, generator=generator)
    return network.eval()


def inputs(height: int = 256, width: int = 256) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    mask = torch.zeros(2, 1, height, width)
    mask[0, :, 60:200, 40:180] = 1
    mask[1, :, :100, :100] = 1
    return torch.rand(2, 3, height, width, generator=generator) * 2 - 1, mask


def restated(weights: dict[str, Tensor], image: Tensor, mask: Tensor) -> Tensor:
    """The published layers one after the other; its activations change what is carried across."""

    def leaky(x: Tensor) -> Tensor:
        return torch.where(x > 0, x, 0.2 * x)

    def norm(x: Tensor) -> Tensor:
        variance, mean = torch.var_mean(x, dim=(2, 3), keepdim=True, correction=0)
        return (x - mean) / (variance + 1e-5).sqrt()

    def down(x: Tensor, name: str) -> Tensor:
        return functional.conv2d(x, weights[f"{name}.weight"], stride=2, padding=1)

    def up(x: Tensor, name: str) -> Tensor:
        return functional.conv_transpose2d(x.relu(), weights[f"{name}.weight"], stride=2, padding=1)

    def rain(x: Tensor, name: str) -> Tensor:
        step = mask.shape[2] // x.shape[2]
        front = mask[:, :, ::step, ::step]
        means, deviations = [], []
        for region in (1 - front, front):
            count = region.sum((2, 3), keepdim=True) + 1e-5
            means.append((x * region).sum((2, 3), keepdim=True) / count)
            filled = x * region + (1 - region) * means[-1] - means[-1]
            deviations.append((filled.pow(2).sum((2, 3), keepdim=True) / count + 1e-5).sqrt())
        back = (x - means[0]) / deviations[0]
        fore = (x - means[1]) / deviations[1] * deviations[0] + means[0]
        both = []
        for part, region, kind in ((back, 1 - front, "background"), (fore, front, "foreground")):
            gamma, beta = (weights[f"{name}.{kind}_{one}"].view(1, -1, 1, 1) for one in ("gamma", "beta"))
            both.append((part * (1 + gamma) + beta) * region)
        return both[0] + both[1]

    x0 = leaky(down(image, "model_layer0"))
    x1 = leaky(norm(down(x0, "model_layer1.1")))
    x2 = leaky(norm(down(x1, "model_layer2.1")))
    x3 = leaky(norm(down(x2, "model_layer3.1")))
    x4 = leaky(norm(down(x3, "unet_block.down.1")))
    x5 = leaky(norm(down(x4, "unet_block.submodule.down.1")))
    x6 = leaky(norm(down(x5, "unet_block.submodule.submodule.down.1")))
    inner = "unet_block.submodule.submodule.submodule"
    x = torch.cat([x6, rain(up(down(x6, f"{inner}.up.1"), f"{inner}.up.3"), f"{inner}.upnorm")], 1)
    for across, name in (
        (x5, "unet_block.submodule.submodule"),
        (x4, "unet_block.submodule"),
        (x3, "unet_block"),
    ):
        x = torch.cat([across, rain(up(x, f"{name}.up.1"), f"{name}.upnorm")], 1)
    for across, name in ((x2, "model_layer11"), (x1, "model_layer12"), (x0, "model_layer13")):
        x = torch.cat([across, rain(up(x, f"{name}.1"), f"{name}norm")], 1)
        x = x * functional.conv2d(x, weights[f"{name}att.0.weight"], weights[f"{name}att.0.bias"]).sigmoid()
    return (up(x, "model_out.1") + weights["model_out.1.bias"].view(1, -1, 1, 1)).tanh()


def test_it_has_the_published_number_of_parameters() -> None:
    with torch.device("meta"):
        network, with_mask = RainNet(), RainNet(RainNetConfig(channels=4))
    assert sum(weight.numel() for weight in network.parameters()) == 54_759_043
    assert sum(weight.numel() for weight in with_mask.parameters()) == 54_759_043 + 64 * 16


def test_every_layer_is_the_published_one() -> None:
    network, (images, masks) = tiny().double(), inputs()
    images, masks = images.double(), masks.double()
    expected = restated(network.state_dict(), images, masks)
    assert expected.std() > 0.1, "the comparison is of something"
    assert torch.allclose(network(images, masks), expected, atol=1e-9)


def test_shapes_at_512_and_at_sides_that_differ() -> None:
    with torch.device("meta"):
        network = RainNet()
        assert network(torch.empty(2, 3, 512, 256), torch.empty(2, 1, 512, 256)).shape == (2, 3, 512, 256)


def test_harmonise_puts_the_background_back() -> None:
    images, masks = inputs()
    out = tiny().harmonise(images, masks)
    background = (masks == 0).expand_as(out)
    assert torch.equal(out[background], images[background])
    assert not torch.allclose(out[~background], images[~background])


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_an_empty_and_a_full_mask_give_finite_pictures_and_gradients(value: float) -> None:
    network = tiny()
    images, masks = inputs()
    out = network(images, torch.full_like(masks, value))
    out.square().mean().backward()
    assert out.isfinite().all()
    assert all(weight.grad is not None and weight.grad.isfinite().all() for weight in network.parameters())


def test_every_weight_learns() -> None:
    network = tiny()
    images, masks = inputs()
    network(images, masks).square().mean().backward()
    silent = [name for name, weight in network.named_parameters() if not weight.grad.abs().sum() > 0]
    assert silent == []


def test_dropout_in_training_alone() -> None:
    network, (images, masks) = tiny(), inputs()
    assert torch.equal(network(images, masks), network(images, masks))
    network.train()
    assert not torch.equal(network(images, masks), network(images, masks))


def test_the_mask_as_fourth_channel() -> None:
    network, (images, masks) = tiny(4), inputs()
    assert network(images, masks).shape == images.shape
    expected = restated(network.state_dict(), torch.cat([images, masks], 1), masks)
    assert torch.allclose(network(images, masks), expected, atol=1e-4)


def test_the_start_is_the_published_one() -> None:
    network = RainNet(RainNetConfig(width=16))
    initialise(network, torch.Generator().manual_seed(0))
    weights = dict(network.named_parameters())
    drawn = weights["unet_block.up.1.weight"]
    assert abs(drawn.mean().item()) < 1e-3 and drawn.std().item() == pytest.approx(0.02, rel=0.02)
    for name, weight in weights.items():
        assert name.endswith("weight") or not weight.any(), name


def test_wrong_shapes_are_refused_with_the_right_ones() -> None:
    network, (images, masks) = tiny(), inputs()
    with pytest.raises(ValueError, match=r"multiples of 256, got 200x300; pad or resize them to 256x512"):
        network(torch.zeros(1, 3, 200, 300), torch.zeros(1, 1, 200, 300))
    with pytest.raises(ValueError, match=r"mask: expected shape \(2, 1, 256, 256\), got \(2, 256, 256\)"):
        network(images, masks[:, 0])
    with pytest.raises(ValueError, match=r"composite: expected shape \(N, 3, H, W\), got \(2, 1, 256, 256\)"):
        network(masks, masks)
    with pytest.raises(ValueError, match="channels: expected 3, or 4 with the mask, got 5"):
        RainNet(RainNetConfig(channels=5))


def test_mixed_precision_and_channels_last_give_the_same_picture() -> None:
    network, (images, masks) = tiny(), inputs()
    with torch.inference_mode():
        expected = network(images, masks)
        last = network.to(memory_format=torch.channels_last)(
            images.contiguous(memory_format=torch.channels_last), masks
        )
        with torch.autocast("cpu", dtype=torch.bfloat16):
            mixed = network(images, masks)
    assert torch.allclose(last, expected, atol=1e-4)
    assert (mixed.float() - expected).abs().mean() < 0.03
