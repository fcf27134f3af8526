"""What RAIN keeps whatever the features and the mask."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from models.rainnet.rain import EPSILON, Rain

SIDES = st.integers(1, 12)
KINDS = st.sampled_from(["empty", "full", "one pixel", "all but one", "binary", "soft"])
SEEDS = st.integers(0, 10**6)


def _drawn(kind: str, height: int, width: int, seed: int) -> tuple[Tensor, Tensor, Rain]:
    """Features float64 (2, 3, H, W), a mask (2, 1, H, W) and a layer with vectors of its own."""
    generator = torch.Generator().manual_seed(seed)
    features = torch.randn(2, 3, height, width, generator=generator, dtype=torch.float64)
    soft = torch.rand(2, 1, height, width, generator=generator, dtype=torch.float64)
    first = torch.zeros_like(soft)
    first[..., 0, 0] = 1
    mask = {
        "empty": torch.zeros_like(soft),
        "full": torch.ones_like(soft),
        "one pixel": first,
        "all but one": 1 - first,
        "binary": soft.round(),
        "soft": soft,
    }[kind]
    layer = Rain(3).double()
    for vector in layer.parameters():
        torch.nn.init.normal_(vector, generator=generator)
    return features, mask, layer


@given(kind=KINDS, height=SIDES, width=SIDES, seed=SEEDS, size=st.sampled_from([0.0, 1e-6, 1.0, 1e4]))
def test_values_and_gradients_are_finite(kind: str, height: int, width: int, seed: int, size: float) -> None:
    features, mask, layer = _drawn(kind, height, width, seed)
    features = (features * size).float().requires_grad_()
    out = layer.float()(features, mask.float())
    out.square().sum().backward()
    assert out.shape == features.shape and out.isfinite().all()
    assert features.grad is not None and features.grad.isfinite().all()
    assert all(vector.grad is not None and vector.grad.isfinite().all() for vector in layer.parameters())


@given(kind=KINDS.filter(lambda kind: kind != "soft"), height=SIDES, width=SIDES, seed=SEEDS)
def test_the_background_sees_nothing_of_the_foreground(kind: str, height: int, width: int, seed: int) -> None:
    features, mask, layer = _drawn(kind, height, width, seed)
    # In float32, as it runs, under a foreground a thousand times as strong.
    features, mask, layer = features.float(), mask.float(), layer.float()
    other = features + mask * 1000 * torch.randn(
        features.shape, generator=torch.Generator().manual_seed(seed + 1)
    )
    before, after = (layer(one, mask) * (1 - mask) for one in (features, other))
    torch.testing.assert_close(after, before, rtol=1e-5, atol=1e-5)


@given(
    height=st.integers(4, 12),
    width=st.integers(4, 12),
    seed=SEEDS,
    gain=st.floats(0.5, 20),
    shift=st.floats(-50, 50),
)
def test_gain_and_shift_of_the_foreground_are_taken_out(
    height: int, width: int, seed: int, gain: float, shift: float
) -> None:
    features, mask, layer = _drawn("binary", height, width, seed)
    mask[..., 0, :], mask[..., 1, :] = 0, 1  # pixels enough in both
    recoloured = features * (1 - mask) + (features * gain + shift) * mask
    # A deviation of nearly nothing is not brought to that of the background; with four pixels it may be.
    torch.testing.assert_close(layer(recoloured, mask), layer(features, mask), rtol=1e-2, atol=1e-2)


@given(height=SIDES, width=SIDES, seed=SEEDS)
def test_of_one_region_alone_the_other_is_mean_0_and_nearly_no_deviation(
    height: int, width: int, seed: int
) -> None:
    features, full, layer = _drawn("full", height, width, seed)
    for vector in layer.parameters():
        torch.nn.init.zeros_(vector)
    pixels = height * width + EPSILON
    mean = features.sum((2, 3), keepdim=True) / pixels
    variance = (features - mean).square().sum((2, 3), keepdim=True) / pixels
    normal = (features - mean) / (variance + EPSILON).sqrt()
    torch.testing.assert_close(layer(features, 1 - full), normal)
    torch.testing.assert_close(layer(features, full), normal * EPSILON**0.5)


@given(kind=KINDS, height=SIDES, width=SIDES, seed=SEEDS)
def test_turning_the_picture_turns_the_result(kind: str, height: int, width: int, seed: int) -> None:
    features, mask, layer = _drawn(kind, height, width, seed)
    turned = layer(features.transpose(2, 3).flip(2), mask.transpose(2, 3).flip(2))
    torch.testing.assert_close(turned, layer(features, mask).transpose(2, 3).flip(2), rtol=1e-6, atol=1e-9)
