from __future__ import annotations

import torch

from models.segmenters.batches import Pictures, TestBatches


def test_test_batches_give_each_picture_once_in_order() -> None:
    numbers = torch.arange(5, dtype=torch.uint8).view(-1, 1, 1, 1)
    pictures = Pictures(images=numbers.expand(-1, 3, 4, 4), masks=numbers.expand(-1, 1, 4, 4))
    batches = TestBatches(pictures, batch=2)
    assert [len(images) for images, _ in batches] == [2, 2, 1] and len(batches) == 3
    assert [int(masks[0].max()) for _, masks in batches] == [0, 2, 4]
