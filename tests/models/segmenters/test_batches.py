from __future__ import annotations

import pytest
import torch

from models.segmenters.batches import Pictures, TestBatches, TrainingBatches


def _pictures(count: int) -> Pictures:
    """The mask of picture i holds i + 1 all over, so that any view of it can be recognised."""
    numbers = torch.arange(1, count + 1, dtype=torch.uint8).view(-1, 1, 1, 1)
    return Pictures(
        images=torch.full((count, 3, 8, 8), 128, dtype=torch.uint8), masks=numbers.expand(-1, 1, 8, 8)
    )


def test_every_picture_comes_once_before_any_comes_again() -> None:
    batches = list(TrainingBatches(_pictures(6), batch=4, steps=3, seed=0))
    seen = torch.cat([masks.amax((1, 2, 3)) for _, masks in batches]).tolist()
    assert sorted(seen[:6]) == sorted(seen[6:]) == [1, 2, 3, 4, 5, 6]
    assert seen[:6] != seen[6:]


def test_a_batch_may_be_larger_than_the_set() -> None:
    (batch,) = TrainingBatches(_pictures(2), batch=5, steps=1, seed=0)
    assert sorted(batch[1].amax((1, 2, 3)).tolist()) in ([1, 1, 1, 2, 2], [1, 1, 2, 2, 2])


def test_order_depends_on_the_seed_alone() -> None:
    first, again = (list(TrainingBatches(_pictures(5), batch=2, steps=4, seed=3)) for _ in range(2))
    assert all(torch.equal(a[0], b[0]) and torch.equal(a[1], b[1]) for a, b in zip(first, again, strict=True))


@pytest.mark.parametrize("first", [0, 1, 3, 4])
def test_batches_from_a_later_step_are_those_of_the_whole(first: int) -> None:
    whole = list(TrainingBatches(_pictures(5), batch=2, steps=4, seed=3))
    rest = TrainingBatches(_pictures(5), batch=2, steps=4, seed=3, first=first)
    assert len(rest) == 4 - first
    for (images, masks), (ours, our_masks) in zip(whole[first:], rest, strict=True):
        assert torch.equal(images, ours) and torch.equal(masks, our_masks)


def test_test_batches_give_each_picture_once_in_order() -> None:
    batches = TestBatches(_pictures(5), batch=2)
    assert [len(images) for images, _ in batches] == [2, 2, 1] and len(batches) == 3


def test_nothing_to_train_on_is_refused() -> None:
    with pytest.raises(ValueError, match="expected at least one to train on, got none"):
        TrainingBatches(_pictures(0), batch=1, steps=1, seed=0)


def test_a_step_has_the_same_pictures_for_any_number_of_processes_and_passes() -> None:
    pictures = Pictures(
        images=torch.arange(8, dtype=torch.uint8).view(8, 1, 1, 1).expand(8, 3, 4, 4).contiguous(),
        masks=torch.ones(8, 1, 4, 4, dtype=torch.uint8),
    )

    def seen(world: int, accumulate: int) -> list[set[float]]:
        """The pictures of each step, by their mean with their view."""
        ranks = [
            list(
                TrainingBatches(
                    pictures, batch=4, steps=3, seed=5, accumulate=accumulate, rank=rank, world=world
                )
            )
            for rank in range(world)
        ]
        steps = []
        for step in range(3):
            passes = slice(step * accumulate, (step + 1) * accumulate)
            images = [image for batches in ranks for images, _ in batches[passes] for image in images]
            steps.append({round(float(image.mean()), 6) for image in images})
        return steps

    whole = seen(1, 1)
    assert all(len(step) == 4 for step in whole)
    assert seen(2, 1) == seen(1, 2) == seen(2, 2) == seen(4, 1) == whole
