from __future__ import annotations

import torch

from models.segmenters.augment import apply_views, draw_views


def _discs(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """A white disc left of the middle on black, and where it is."""
    rows, columns = torch.meshgrid(torch.arange(64), torch.arange(64), indexing="ij")
    disc = ((rows - 32) ** 2 + (columns - 22) ** 2 < 100).expand(count, 1, 64, 64)
    return disc.expand(count, 3, 64, 64).float(), disc.to(torch.uint8)


def _seen(count: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    return apply_views(*_discs(count), draw_views(count, torch.Generator().manual_seed(seed)))


def test_picture_and_mask_move_together() -> None:
    images, masks = _seen(32, 0)
    assert masks.dtype == torch.uint8 and set(masks.unique().tolist()) == {0, 1}
    assert images.min() >= 0 and images.max() <= 1
    seen = images.amax(1, keepdim=True) > 0.5
    assert ((seen != (masks == 1)).float().mean((1, 2, 3)) < 0.02).all()


def test_views_differ_in_side_place_size_and_tint() -> None:
    images, masks = _seen(64, 1)
    area = masks.float().sum((1, 2, 3))
    across = (masks.float() * torch.arange(64)).sum((1, 2, 3)) / area
    assert 10 < (across < 32).sum() < 54  # mirrored or not
    assert area.max() / area.min() > 1.8
    tint = images.amax((2, 3))
    assert (tint.amax(1) - tint.amin(1)).max() > 0.15


def test_equal_generators_give_equal_views() -> None:
    first, again = (_seen(4, 5) for _ in range(2))
    assert torch.equal(first[0], again[0]) and torch.equal(first[1], again[1])
