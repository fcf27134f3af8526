from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from models.rainnet.discriminator import RainNetDiscriminator
from models.rainnet.network import initialise


def tiny() -> RainNetDiscriminator:
    torch.manual_seed(0)
    return RainNetDiscriminator(width=2).eval()


def inputs(side: int = 256) -> tuple[Tensor, Tensor]:
    torch.manual_seed(1)
    mask = torch.zeros(2, 1, side, side)
    mask[:, :, 40:200, 60:190] = 1
    return torch.rand(2, 3, side, side) * 2 - 1, mask


def test_names_shapes_and_number_of_the_published_weights() -> None:
    with torch.device("meta"):
        network = RainNetDiscriminator()
    channels = [3, 64, 128, 256, 512, 512, 512, 512]
    weights = {
        f"D.conv{level}{stack}.weight_orig": (after, before, 3, 3)
        for level, (before, after) in enumerate(pairwise(channels), 1)
        for stack in ("", "f")
    }
    weights |= {f"convl{level}.weight_orig": (512, 512, 1, 1) for level in (1, 2)}
    weights |= {f"{score}.weight": (1, 512, 1, 1) for score in ("convl3", "convg3")}
    found = {name: tuple(value.shape) for name, value in network.named_parameters()}
    biases = {name.rpartition(".")[0] + ".bias": (shape[0],) for name, shape in weights.items()}
    assert found == weights | biases
    buffers = {name for name, _ in network.named_buffers()}
    normalised = {name.removesuffix("_orig") for name in weights if name.endswith("_orig")}
    assert buffers == {f"{name}_{vector}" for name in normalised for vector in ("u", "v")}
    assert sum(value.numel() for value in network.parameters()) == 17_787_138


def restated(weights: dict[str, Tensor], picture: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """The published layers one after the other, the spectral norm from its stored vectors."""

    def weight(name: str) -> Tensor:
        stored = weights[f"{name}.weight_orig"]
        norm = weights[f"{name}.weight_u"] @ stored.flatten(1) @ weights[f"{name}.weight_v"]
        return stored / norm

    def stack(suffix: str, x: Tensor, seen: Tensor) -> Tensor:
        for level in range(1, 8):
            name, stride = f"D.conv{level}{suffix}", 1 if level == 7 else 2
            count = functional.conv2d(seen, torch.ones(1, 1, 3, 3, dtype=x.dtype), stride=stride)
            x = functional.conv2d(x * seen, weight(name), stride=stride)
            x = x * torch.where(count > 0, 9 / count, 0) + weights[f"{name}.bias"].view(-1, 1, 1)
            seen = (count > 0).to(x.dtype)
            x = x * seen
            if 1 < level < 7:
                variance, mean = torch.var_mean(x, dim=(2, 3), keepdim=True, correction=0)
                x = (x - mean) / (variance + 1e-5).sqrt()
            if level < 7:
                x = torch.where(x > 0, x, 0.2 * x)
        return x

    whole = stack("", picture, torch.ones_like(mask))
    together = stack("f", picture, mask) * stack("f", picture, 1 - mask)
    for name in ("convl1", "convl2"):
        together = functional.conv2d(together, weight(name), weights[f"{name}.bias"])
        together = torch.where(together > 0, together, 0.2 * together)
    return (
        functional.conv2d(whole, weights["convg3.weight"], weights["convg3.bias"]),
        functional.conv2d(together, weights["convl3.weight"], weights["convl3.bias"]),
    )


def test_every_layer_is_the_published_one() -> None:
    network, (picture, mask) = tiny().double(), inputs()
    expected = restated(network.state_dict(), picture.double(), mask.double())
    for score, other in zip(network(picture.double(), mask), expected, strict=True):
        assert other.abs().min() > 1e-4, "the comparison is of something"
        assert torch.allclose(score, other, rtol=1e-6, atol=1e-9)


def test_one_score_at_256_and_more_at_512() -> None:
    network = tiny()
    for side, scores in ((255, 1), (256, 1), (512, 5)):
        whole, together = network(*inputs(side))
        assert whole.shape == together.shape == (2, 1, scores, scores)


def test_the_whole_is_judged_without_the_mask_and_both_together_with_it() -> None:
    network, (picture, mask) = tiny(), inputs()
    other = mask.roll(30, 3)
    one, two = network(picture, mask), network(picture, other)
    assert torch.equal(one.whole, two.whole)
    assert not torch.allclose(one.together, two.together, atol=1e-7)


def test_foreground_and_background_change_places() -> None:
    network, (picture, mask) = tiny(), inputs()
    one, two = network(picture, mask), network(picture, 1 - mask)
    assert torch.allclose(one.together, two.together, atol=1e-6)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_empty_and_full_masks_give_finite_scores_and_gradients(value: float) -> None:
    network, (picture, mask) = tiny().train(), inputs()
    scores = network(picture.requires_grad_(), torch.full_like(mask, value))
    (scores.whole + scores.together).sum().backward()
    assert scores.whole.isfinite().all() and scores.together.isfinite().all()
    assert picture.grad is not None and picture.grad.isfinite().all()


def test_convolutions_are_spectrally_normalised() -> None:
    network = tiny().train()
    with torch.no_grad():
        network.D["conv3"].weight_orig.mul_(50)
        for _ in range(30):
            network(*inputs())
    largest = torch.linalg.matrix_norm(network.D["conv3"].weight.flatten(1), 2)
    assert largest.item() == pytest.approx(1, rel=2e-2)


def test_the_start_is_drawn_into_the_stored_weights() -> None:
    network = RainNetDiscriminator(width=16)
    initialise(network, torch.Generator().manual_seed(0))
    assert network.D["conv5"].weight_orig.std().item() == pytest.approx(0.02, rel=0.05)
    assert network.convg3.weight.std().item() == pytest.approx(0.02, rel=0.3)
    assert not network.D["conv5"].bias.any()
    assert all(score.isfinite().all() for score in network(*inputs()))


def test_small_pictures_and_other_masks_are_refused() -> None:
    network, (picture, mask) = tiny(), inputs()
    with pytest.raises(ValueError, match=r"at least 255, got \(1, 3, 128, 256\); resize it to 256x256"):
        network(torch.zeros(1, 3, 128, 256), torch.zeros(1, 1, 128, 256))
    with pytest.raises(ValueError, match=r"mask: expected shape \(2, 1, 256, 256\), got \(1, 1, 256, 256\)"):
        network(picture, mask[:1])
