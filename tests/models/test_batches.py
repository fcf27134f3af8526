from __future__ import annotations

import pytest
import torch

from models.batches import Pictures, TestBatches, TrainingBatches


def _pictures(count: int) -> Pictures:
    """Picture i is filled with i on its left half and 255 on its right; the mask is the left half."""
    images = torch.full((count, 3, 4, 4), 255, dtype=torch.uint8)
    images[..., :2] = torch.arange(count, dtype=torch.uint8).view(-1, 1, 1, 1)
    return Pictures(images=images, masks=(images[:, :1] < 255).to(torch.uint8))


def test_every_picture_comes_once_before_any_comes_again() -> None:
    batches = list(TrainingBatches(_pictures(6), batch=4, steps=3, seed=0))
    seen = torch.cat([images.amin((1, 2, 3)) for images, _ in batches]).mul(255).round().long().tolist()
    assert sorted(seen[:6]) == sorted(seen[6:]) == [0, 1, 2, 3, 4, 5]
    assert seen[:6] != seen[6:]


def test_picture_and_mask_are_mirrored_together() -> None:
    mirrored = 0
    for images, masks in TrainingBatches(_pictures(8), batch=8, steps=4, seed=1):
        assert torch.equal(images[:, :1] < 1, masks == 1)
        mirrored += int((masks[:, 0, 0, 3] == 1).sum())
    assert 0 < mirrored < 32


def test_order_follows_from_the_seed_alone() -> None:
    first, again = (list(TrainingBatches(_pictures(5), batch=2, steps=4, seed=3)) for _ in range(2))
    assert all(torch.equal(a[0], b[0]) and torch.equal(a[1], b[1]) for a, b in zip(first, again, strict=True))


def test_test_batches_give_each_picture_once_in_order() -> None:
    batches = TestBatches(_pictures(5), batch=2)
    assert [len(images) for images, _ in batches] == [2, 2, 1] and len(batches) == 3


def test_nothing_to_train_on_is_refused() -> None:
    with pytest.raises(ValueError, match="expected at least one to train on, got none"):
        TrainingBatches(_pictures(0), batch=1, steps=1, seed=0)
