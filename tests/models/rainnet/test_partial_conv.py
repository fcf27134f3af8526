from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from models.rainnet.partial_conv import PartialConv


def by_windows(layer: PartialConv, features: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """One window of one picture after the other."""
    size, step = layer.kernel_size[0], layer.stride[0]
    height, width = ((side - size) // step + 1 for side in features.shape[1:])
    out, seen = torch.zeros(layer.out_channels, height, width), torch.zeros(1, height, width)
    for row, column in np.ndindex(height, width):
        window = slice(row * step, row * step + size), slice(column * step, column * step + size)
        inside = mask[0][window]
        if inside.sum() > 0:
            part = features[(slice(None), *window)] * inside
            value = torch.einsum("chw,ochw->o", part, layer.weight) * (size * size / inside.sum())
            out[:, row, column] = value if layer.bias is None else value + layer.bias
            seen[0, row, column] = 1
    return out, seen


def test_it_is_the_sum_over_what_is_seen() -> None:
    torch.manual_seed(0)
    for bias in (True, False):
        layer = PartialConv(2, 3, 3, stride=2, bias=bias)
        features, mask = torch.randn(2, 2, 9, 11), (torch.rand(2, 1, 9, 11) > 0.8).float()
        out, seen = layer(features, mask)
        assert seen is not None and 0 < seen.mean() < 1
        for one in range(2):
            expected, covered = by_windows(layer, features[one], mask[one])
            assert torch.allclose(out[one], expected, atol=1e-5) and torch.equal(seen[one], covered)


def test_pixels_outside_the_mask_have_no_effect() -> None:
    torch.manual_seed(0)
    layer = PartialConv(1, 2, 3)
    features, mask = torch.randn(1, 1, 8, 8), torch.zeros(1, 1, 8, 8)
    mask[..., :4] = 1
    other = torch.where(mask > 0, features, torch.randn(1, 1, 8, 8) * 100)
    assert torch.equal(layer(features, mask)[0], layer(other, mask)[0])


def test_without_a_mask_and_with_a_full_one_it_is_a_convolution() -> None:
    torch.manual_seed(0)
    layer, features = PartialConv(2, 3, 3), torch.randn(1, 2, 7, 7)
    plain, none = layer(features)
    masked, seen = layer(features, torch.ones(1, 1, 7, 7))
    assert none is None and seen is not None and torch.equal(seen, torch.ones(1, 1, 5, 5))
    assert torch.allclose(plain, masked, atol=1e-6)
    assert torch.equal(plain, torch.nn.Conv2d.forward(layer, features))
