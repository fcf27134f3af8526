"""Random views of a batch, drawn from a generator, picture and mask always together."""

from __future__ import annotations

import math

import torch
from torch import Generator, Tensor
from torch.nn import functional


def jitter(images: Tensor, masks: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
    """Mirror, turn, scale and shift pictures with their masks, and tint the pictures (specs 6.2).

    ``images``: float (N, 3, H, W) in [0, 1]; ``masks``: integer (N, 1, H, W). Same shapes and
    ranges come back. Each picture draws its own: mirrored or not, up to 20 degrees, a scale of 0.8
    to 1.25, a tenth of a side, and a gain of 0.75 to 1.25 for each channel. What lies beyond the
    picture continues its border and is no face.
    """
    grid = functional.affine_grid(_matrices(len(images), generator), list(images.shape), align_corners=False)
    images = functional.grid_sample(images, grid, padding_mode="border", align_corners=False)
    moved = functional.grid_sample(masks.float(), grid, mode="nearest", align_corners=False)
    gains = 0.75 + 0.5 * torch.rand(len(images), 3, 1, 1, generator=generator)
    return (images * gains).clamp(0, 1), moved.to(masks.dtype)


def _matrices(count: int, generator: Generator) -> Tensor:
    """(N, 2, 3): from places in the new picture to places in the old, both from -1 to 1."""
    draws = torch.rand(5, count, generator=generator)
    angle = (draws[0] * 2 - 1) * math.radians(20)
    scale = torch.exp((draws[1] * 2 - 1) * math.log(1.25))
    mirror = torch.where(draws[2] < 0.5, -1.0, 1.0)
    cosine, sine = torch.cos(angle) * scale, torch.sin(angle) * scale
    shift = (draws[3:] * 2 - 1) * 0.2
    rows = [cosine * mirror, -sine, shift[0], sine * mirror, cosine, shift[1]]
    return torch.stack(rows, dim=1).view(count, 2, 3)
