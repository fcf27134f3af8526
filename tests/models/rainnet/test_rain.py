"""RAIN against a plain reading of its formula, one pixel set at a time."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from models.rainnet.rain import Rain, region_statistics

Array = NDArray[np.float64]


def by_the_formula(features: Array, mask: Array, vectors: dict[str, Array]) -> Array:
    """Features (C, H, W), mask (H, W) of 0 and 1: each channel and region by itself."""
    out = np.empty_like(features)
    for channel, plane in enumerate(features):
        statistics = {}
        for region in (0, 1):
            inside = plane[mask == region]
            mean = inside.sum() / (inside.size + 1e-5)
            variance = ((inside - mean) ** 2).sum() / (inside.size + 1e-5)
            statistics[region] = mean, np.sqrt(variance + 1e-5)
        (back_mean, back_deviation), (front_mean, front_deviation) = statistics[0], statistics[1]
        for place in np.ndindex(plane.shape):
            if mask[place]:
                value = (plane[place] - front_mean) / front_deviation * back_deviation + back_mean
                name = "foreground"
            else:
                value, name = (plane[place] - back_mean) / back_deviation, "background"
            out[channel][place] = (
                value * (1 + vectors[f"{name}_gamma"][channel]) + vectors[f"{name}_beta"][channel]
            )
    return out


def learnt(channels: int) -> Rain:
    layer = Rain(channels).double()
    generator = torch.Generator().manual_seed(3)
    for vector in layer.parameters():
        torch.nn.init.normal_(vector, generator=generator)
    return layer


def masks() -> dict[str, Array]:
    rng = np.random.default_rng(1)
    one, all_but_one = np.zeros((6, 5)), np.ones((6, 5))
    one[2, 3] = 1
    all_but_one[0, 0] = 0
    return {
        "half": (rng.random((6, 5)) > 0.5).astype(float),
        "empty": np.zeros((6, 5)),
        "full": np.ones((6, 5)),
        "one pixel": one,
        "all but one": all_but_one,
    }


@pytest.mark.parametrize("name", sorted(masks()))
def test_it_is_the_formula_for_every_mask(name: str) -> None:
    rng = np.random.default_rng(0)
    features, mask = rng.normal(2, 3, (4, 6, 5)), masks()[name]
    layer = learnt(4)
    vectors = {key: value.detach().numpy() for key, value in layer.named_parameters()}
    out = layer(torch.tensor(features)[None], torch.tensor(mask)[None, None])
    np.testing.assert_allclose(
        out.detach().numpy()[0], by_the_formula(features, mask, vectors), rtol=1e-9, atol=1e-9
    )


@pytest.mark.parametrize("name", sorted(masks()))
@pytest.mark.parametrize("flat", [False, True])
def test_values_and_gradients_are_finite_for_every_mask(name: str, flat: bool) -> None:
    features = torch.full((2, 3, 6, 5), 7.0) if flat else torch.randn(2, 3, 6, 5) * 100
    features.requires_grad_()
    layer = Rain(3)
    out = layer(features, torch.tensor(masks()[name], dtype=torch.float32).expand(2, 1, 6, 5))
    out.square().sum().backward()
    assert out.isfinite().all()
    assert features.grad is not None and features.grad.isfinite().all()
    assert all(vector.grad is not None and vector.grad.isfinite().all() for vector in layer.parameters())


def test_the_foreground_takes_on_the_backgrounds_statistics() -> None:
    torch.manual_seed(0)
    mask = torch.zeros(1, 1, 32, 32)
    mask[..., 8:24, 8:24] = 1
    features = torch.randn(1, 2, 32, 32) * (1 + 4 * mask) + 10 * mask - 3
    out = Rain(2)(features, mask)
    mean, deviation = region_statistics(features, 1 - mask)
    new_mean, new_deviation = region_statistics(out, mask)
    assert torch.allclose(new_mean, mean, atol=1e-3) and torch.allclose(new_deviation, deviation, atol=1e-3)
    rest_mean, rest_deviation = region_statistics(out, 1 - mask)
    assert rest_mean.abs().max() < 1e-5 and (rest_deviation - 1).abs().max() < 1e-4


def test_pictures_of_a_batch_do_not_touch() -> None:
    torch.manual_seed(0)
    features, mask = torch.randn(2, 3, 8, 8), (torch.rand(2, 1, 8, 8) > 0.5).float()
    layer = learnt(3).float()
    alone = torch.cat([layer(features[:1], mask[:1]), layer(features[1:], mask[1:])])
    assert torch.allclose(layer(features, mask), alone, atol=1e-6)


def test_the_mask_is_taken_with_the_nearest_pixel_and_gets_no_gradient() -> None:
    torch.manual_seed(0)
    features = torch.randn(1, 2, 4, 4)
    mask = (torch.rand(1, 1, 16, 16) > 0.5).float().requires_grad_()
    layer = Rain(2)
    out = layer(features, mask)
    assert torch.equal(out, layer(features, mask[..., ::4, ::4]))
    out.sum().backward()
    assert mask.grad is None


def test_half_precision_does_not_overflow() -> None:
    features = torch.full((1, 1, 128, 128), 30.0, dtype=torch.float16)
    features[..., ::2] = -30.0
    mask = torch.zeros(1, 1, 128, 128)
    mask[..., :64, :] = 1
    out = Rain(1)(features, mask)
    assert out.dtype == torch.float16 and out.isfinite().all()
    assert out[..., 64:, 1].float().mean().item() == pytest.approx(1, abs=1e-2)
