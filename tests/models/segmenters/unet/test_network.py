from __future__ import annotations

import pytest
import torch

from models.segmenters.unet.network import UNet


def test_one_logit_a_pixel_at_any_size_that_halves() -> None:
    network = UNet(width=8)
    assert network(torch.rand(2, 3, 32, 48)).shape == (2, 1, 32, 48)


def test_every_weight_learns() -> None:
    network = UNet(width=8)
    network(torch.rand(2, 3, 16, 16)).square().mean().backward()
    assert all(weight.grad is not None and weight.grad.abs().sum() > 0 for weight in network.parameters())


def test_an_odd_size_is_refused_with_the_padded_one() -> None:
    with pytest.raises(ValueError, match=r"multiples of 16, got 100x32; pad or resize them to 112x32"):
        UNet(width=8)(torch.rand(1, 3, 100, 32))


def test_wrong_shapes_and_widths_are_refused() -> None:
    with pytest.raises(ValueError, match=r"expected shape \(N, 3, H, W\), got \(1, 1, 16, 16\)"):
        UNet(width=8)(torch.rand(1, 1, 16, 16))
    with pytest.raises(ValueError, match="width: expected a multiple of 8"):
        UNet(width=12)
