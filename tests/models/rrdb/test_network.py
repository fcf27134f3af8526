"""RRDBNet against its description read plainly: functions of tensors by their published names."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from models.rrdb.network import RRDBConfig, RRDBNet

TINY = {"blocks": 2, "width": 6, "growth": 3}


def _read_plainly(state: dict[str, Tensor], images: Tensor, scale: int, blocks: int) -> Tensor:
    def conv(name: str, x: Tensor) -> Tensor:
        return functional.conv2d(x, state[f"{name}.weight"], state[f"{name}.bias"], padding=1)

    def bent(x: Tensor) -> Tensor:
        return torch.where(x > 0, x, 0.2 * x)

    def dense(name: str, x: Tensor) -> Tensor:
        seen = [x]
        for index in range(1, 5):
            seen.append(bent(conv(f"{name}.conv{index}", torch.cat(seen, 1))))
        return x + 0.2 * conv(f"{name}.conv5", torch.cat(seen, 1))

    def doubled(x: Tensor) -> Tensor:
        return x.repeat_interleave(2, 2).repeat_interleave(2, 3)

    fold = 4 // scale
    number, _, height, width = images.shape
    cells = images.view(number, 3, height // fold, fold, width // fold, fold).permute(0, 1, 3, 5, 2, 4)
    first = conv("conv_first", cells.reshape(number, 3 * fold**2, height // fold, width // fold))
    x = first
    for block in range(blocks):
        inner = x
        for index in (1, 2, 3):
            inner = dense(f"body.{block}.rdb{index}", inner)
        x = x + 0.2 * inner
    x = first + conv("conv_body", x)
    for name in ("conv_up1", "conv_up2"):
        x = bent(conv(name, doubled(x)))
    return conv("conv_last", bent(conv("conv_hr", x)))


@pytest.mark.parametrize("scale", [4, 2, 1])
def test_it_computes_what_its_description_says(scale: int) -> None:
    network = RRDBNet(RRDBConfig(scale=scale, **TINY))
    for weight in network.parameters():
        torch.nn.init.normal_(weight, std=0.3)
    images = torch.rand(2, 3, 12, 8)
    result = network(images)
    assert result.shape == (2, 3, 12 * scale, 8 * scale)
    assert torch.allclose(result, _read_plainly(network.state_dict(), images, scale, 2), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("config", "parameters"),
    [
        (RRDBConfig(), 16_697_987),
        (RRDBConfig(scale=2), 16_703_171),
        (RRDBConfig(blocks=6), 4_467_779),
    ],
)
def test_the_published_sizes_have_their_number_of_parameters(config: RRDBConfig, parameters: int) -> None:
    with torch.device("meta"):
        network = RRDBNet(config)
    assert sum(weight.numel() for weight in network.parameters()) == parameters


def test_every_weight_learns_and_a_fresh_block_is_near_the_identity() -> None:
    network = RRDBNet(RRDBConfig(**TINY))
    network(torch.rand(1, 3, 8, 8)).square().mean().backward()
    assert all(weight.grad is not None and weight.grad.abs().sum() > 0 for weight in network.parameters())
    features = torch.rand(1, 6, 8, 8)
    change = network.body[0](features) - 1.2 * features  # a fifth of the features themselves is added
    assert change.abs().max() < 0.05


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_stays_close(dtype: torch.dtype) -> None:
    network, images = RRDBNet(RRDBConfig(**TINY)), torch.rand(1, 3, 16, 16)
    with torch.no_grad(), torch.autocast("cpu", dtype=dtype):
        half = network(images)
    assert half.dtype == dtype
    assert (half.float() - network(images)).abs().max() < 0.02


def test_wrong_sizes_and_configurations_are_refused() -> None:
    network = RRDBNet(RRDBConfig(scale=2, **TINY))
    with pytest.raises(ValueError, match=r"multiples of 2, got 5x8; pad or resize them to 6x8"):
        network(torch.rand(1, 3, 5, 8))
    with pytest.raises(ValueError, match=r"expected shape \(N, 3, H, W\), got \(1, 4, 8, 8\)"):
        network(torch.rand(1, 4, 8, 8))
    with pytest.raises(ValueError, match="scale: expected 1, 2 or 4, got 3"):
        RRDBConfig(scale=3)
    with pytest.raises(ValueError, match="blocks: expected at least 1, got 0"):
        RRDBConfig(blocks=0)
