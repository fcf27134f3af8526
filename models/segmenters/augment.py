"""Random views of a batch: drawn first, then applied to picture and mask together."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Generator, Tensor
from torch.nn import functional


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Views:
    """Random geometry and colour gains of N pictures.

    ``matrices`` (N, 2, 3): map positions in the new picture to positions in the old one, both in [-1, 1].
    ``gains`` (N, 3, 1, 1): one factor per channel.
    """

    matrices: Tensor
    gains: Tensor

    def part(self, part: slice) -> Views:
        """Return the views of some of the pictures."""
        return Views(matrices=self.matrices[part], gains=self.gains[part])


def draw_views(count: int, generator: Generator) -> Views:
    """Draw ``count`` views: mirror, rotation, scale, shift and tint (specs 6.2).

    Each picture is mirrored or not, rotated by up to 20 degrees, scaled by 0.8 to 1.25, shifted by up to
    a tenth of a side, and gets a gain of 0.75 to 1.25 for each channel.
    """
    matrices = _matrices(torch.rand(5, count, generator=generator))
    gains = 0.75 + 0.5 * torch.rand(count, 3, 1, 1, generator=generator)
    return Views(matrices=matrices, gains=gains)


def apply_views(images: Tensor, masks: Tensor, views: Views) -> tuple[Tensor, Tensor]:
    """Apply ``views`` to pictures and masks.

    ``images``: float (N, 3, H, W) in [0, 1]; ``masks``: integer (N, 1, H, W). Shapes and ranges stay.
    Beyond the border a picture repeats its border pixels, and its mask is 0.
    """
    grid = functional.affine_grid(views.matrices, list(images.shape), align_corners=False)
    images = functional.grid_sample(images, grid, padding_mode="border", align_corners=False)
    moved = functional.grid_sample(masks.float(), grid, mode="nearest", align_corners=False)
    return (images * views.gains).clamp(0, 1), moved.to(masks.dtype)


def _matrices(draws: Tensor) -> Tensor:
    """Compute (N, 2, 3) from (5, N) uniform draws in [0, 1): angle, scale, mirror, and two shifts."""
    angle = (draws[0] * 2 - 1) * math.radians(20)
    scale = torch.exp((draws[1] * 2 - 1) * math.log(1.25))
    mirror = torch.where(draws[2] < 0.5, -1.0, 1.0)
    cosine, sine = torch.cos(angle) * scale, torch.sin(angle) * scale
    shift = (draws[3:] * 2 - 1) * 0.2
    rows = [cosine * mirror, -sine, shift[0], sine * mirror, cosine, shift[1]]
    return torch.stack(rows, dim=1).view(-1, 2, 3)
