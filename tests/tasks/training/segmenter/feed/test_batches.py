from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tasks.training.segmenter.feed.batches import Batch, FeedBatches
from tests.tasks.training.segmenter.feed.feeds import feed_of, version


def batches(url: str, **options: int) -> list[Batch]:
    given = {"batch": 4, "steps": 4, "seed": 5} | options
    return list(FeedBatches(feed_of(url), augmentation="small", **given))


def test_a_batch_has_pictures_in_0_to_1_and_labels(tmp_path: Path) -> None:
    (images, labels), *_ = batches(version(tmp_path))
    assert images.shape == (4, 3, 16, 16) and images.dtype == torch.float32
    assert labels.shape == (4, 16, 16) and labels.dtype == torch.int64
    assert 0 <= float(images.min()) < float(images.max()) <= 1 and set(labels.unique().tolist()) == {0, 1}


@pytest.mark.parametrize("first", (1, 3, 4))
def test_batches_from_a_later_step_are_those_of_the_whole(tmp_path: Path, first: int) -> None:
    url = version(tmp_path)
    whole, rest = batches(url), batches(url, first=first)
    assert len(rest) == 4 - first
    for ours, theirs in zip(rest, whole[first:], strict=True):
        assert all(torch.equal(a, b) for a, b in zip(ours, theirs, strict=True))


def test_a_step_has_the_same_pictures_for_any_number_of_processes_and_passes(tmp_path: Path) -> None:
    url = version(tmp_path)

    def seen(world: int, accumulate: int) -> list[list[bytes]]:
        ranks = [batches(url, rank=rank, world=world, accumulate=accumulate) for rank in range(world)]
        return [
            sorted(
                image.contiguous().numpy().tobytes()
                for rank in ranks
                for images, _ in rank[step * accumulate : (step + 1) * accumulate]
                for image in images
            )
            for step in range(4)
        ]

    whole = seen(1, 1)
    assert all(len(set(step)) == 4 for step in whole)
    assert seen(2, 1) == seen(1, 2) == seen(2, 2) == whole


def test_loader_processes_change_nothing(tmp_path: Path) -> None:
    url = version(tmp_path)
    for ours, theirs in zip(batches(url, loaders=1, steps=2), batches(url, steps=2), strict=True):
        assert all(torch.equal(a, b) for a, b in zip(ours, theirs, strict=True))


def test_an_unknown_augmentation_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        ValueError, match="augmentation: expected one of none, voo, faceocc, small, got 'odd'"
    ):
        FeedBatches(feed_of(version(tmp_path)), augmentation="odd", batch=1, steps=1, seed=0)
