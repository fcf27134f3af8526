from __future__ import annotations

from pathlib import Path

import pytest
import torch

from shards.reader import BadShard
from tasks.training.segmenter.feed.batches import Batch, FeedBatches
from tasks.training.segmenter.feed.in_memory import pictures_of
from tasks.training.segmenter.feed.occlusion.choice import OcclusionChoice, parse_shares
from tasks.training.segmenter.feed.occlusion.drawn import DrawnOcclusion
from tasks.training.segmenter.feed.occlusion.open import open_occlusion
from tasks.training.segmenter.feed.open import Feed
from tasks.training.segmenter.feed.reading.source import FeedSource
from tests.bank_entries import flip_bit
from tests.tasks.training.segmenter.feed.feeds import feed_of, occluder_bank, plain_version, version


def batches(url: str, **options: int) -> list[Batch]:
    given = {"batch": 4, "steps": 4, "seed": 5} | options
    return list(FeedBatches(feed_of(url), augmentation="small", **given))


def occluding(feed: Feed, bank: str | None, *texts: str) -> DrawnOcclusion | None:
    return open_occlusion(OcclusionChoice(shares=parse_shares(texts)), feed, bank, seed=5)


def pixels_of(batch: Batch) -> list[bytes]:
    """Each picture's bytes with its label's."""
    return [
        image.contiguous().numpy().tobytes() + label.numpy().tobytes()
        for image, label in zip(*batch, strict=True)
    ]


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


def test_shards_of_the_batches_are_compared_before_loaders_start(tmp_path: Path) -> None:
    url = version(tmp_path)
    feed = feed_of(url)
    order = feed.order(5)
    first, *later = (feed.training[order[position]].file for position in range(6))
    ahead, damaged = next((place, file) for place, file in enumerate(later, 1) if file != first)
    shard = Path(feed.reader.where(damaged, "").removesuffix(": "))
    flip_bit(shard, 600)
    steps = [
        FeedBatches(feed, augmentation="none", batch=1, steps=count, seed=5) for count in (ahead, ahead + 1)
    ]
    steps[0].compare_shards()
    assert len(list(steps[0])) == ahead
    with pytest.raises(BadShard, match=f"{shard}: expected the shard that the index lists, got other bytes"):
        steps[1].compare_shards()


def test_an_unknown_augmentation_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        ValueError, match="augmentation: expected one of none, voo, faceocc, small, got 'odd'"
    ):
        FeedBatches(feed_of(version(tmp_path)), augmentation="odd", batch=1, steps=1, seed=0)


def test_occluded_pictures_are_the_same_for_any_processes_passes_loaders_and_resumes(tmp_path: Path) -> None:
    feed, bank = feed_of(plain_version(tmp_path, count=5), size=64), occluder_bank(tmp_path / "bank")
    drawn = occluding(feed, bank, "natocc=0.4", "randocc=0.2", "paste=0.2", "erase=0.2")

    def steps(**options: int) -> list[list[bytes]]:
        """The pictures of each step, of all processes together."""
        given = {"batch": 4, "steps": 3, "seed": 5} | options
        world, accumulate = given.get("world", 1), given.get("accumulate", 1)
        ranks = [
            list(FeedBatches(feed, augmentation="small", occlusion=drawn, **given | {"rank": rank}))
            for rank in range(world)
        ]
        passes = range(0, len(ranks[0]), accumulate)
        return [
            sorted(
                pixels
                for rank in ranks
                for batch in rank[first : first + accumulate]
                for pixels in pixels_of(batch)
            )
            for first in passes
        ]

    whole = steps()
    plain = list(FeedBatches(feed, augmentation="small", batch=4, steps=3, seed=5))
    assert whole != [sorted(pixels_of(batch)) for batch in plain], "something is drawn"
    assert steps(world=2) == steps(world=2, accumulate=2) == whole
    assert steps(first=1) == whole[1:]
    assert steps(loaders=1) == whole, "a spawned process opens the bank for itself"


def test_a_sample_s_occlusion_does_not_depend_on_what_stands_beside_it(tmp_path: Path) -> None:
    """Epoch and sample decide; the place in the epoch does not."""
    url, other = plain_version(tmp_path, "a", count=4), version(tmp_path, "b", shards=1, test=0)
    feeds = feed_of(url, size=32), feed_of(url, FeedSource(url=other, weight=1.0), size=32)
    found: list[set[bytes]] = []
    for feed in feeds:
        drawn = occluding(feed, None, "erase=1")
        (batch,) = FeedBatches(
            feed, augmentation="none", batch=len(feed.training), steps=1, seed=5, occlusion=drawn
        )
        found.append(set(pixels_of(batch)))
    assert len(found[0]) == 4 and len(found[1]) == 7 and found[0] < found[1]


def test_epochs_and_copies_of_a_sample_get_other_occlusions(tmp_path: Path) -> None:
    feed = feed_of(FeedSource(url=plain_version(tmp_path, count=1), weight=3.0), size=32)
    drawn = occluding(feed, None, "erase=1")
    batches = FeedBatches(feed, augmentation="none", batch=3, steps=2, seed=5, occlusion=drawn)
    assert len({pixels for batch in batches for pixels in pixels_of(batch)}) == 6


def test_occlusion_comes_before_the_augmentation(tmp_path: Path) -> None:
    """Mirrored pictures are mirrored with their occluder; those without occlusion are as without it."""
    feed = feed_of(plain_version(tmp_path, count=6), size=32)
    some = occluding(feed, None, "erase=0.5")
    given = {"batch": 6, "steps": 1, "seed": 5}
    ((images, labels),) = FeedBatches(feed, augmentation="small", occlusion=some, **given)
    ((plain_images, plain_labels),) = FeedBatches(feed, augmentation="small", **given)
    same = [torch.equal(a, b) for a, b in zip(images, plain_images, strict=True)]
    assert 0 < sum(same) < 6
    # Augmentation of "small" keeps what is no face so.
    assert bool((labels <= plain_labels).all()) and not torch.equal(labels, plain_labels)


def test_validation_and_test_pictures_are_never_occluded(tmp_path: Path) -> None:
    feed = feed_of(plain_version(tmp_path, count=6), size=32, held_out=0.3)
    assert feed.validation and feed.testing
    before = [pictures_of(feed, samples, 9).whole() for samples in (feed.validation, feed.testing)]
    drawn = occluding(feed, None, "erase=1")
    list(FeedBatches(feed, augmentation="none", batch=2, steps=2, seed=5, occlusion=drawn))
    for samples, pictures in zip((feed.validation, feed.testing), before, strict=True):
        again = pictures_of(feed, samples, 9).whole()
        assert torch.equal(again.images, pictures.images) and torch.equal(again.masks, pictures.masks)
        assert torch.equal(again.masks[0, 0], torch.from_numpy(feed.read(samples[0]).label))


def test_occluded_pixels_of_a_parsing_map_have_the_class_occlusion(tmp_path: Path) -> None:
    feed = feed_of(plain_version(tmp_path, count=4), size=64, target="parsing")
    drawn = occluding(feed, occluder_bank(tmp_path / "bank"), "natocc=1")
    ((_, labels),) = FeedBatches(feed, augmentation="none", batch=4, steps=1, seed=5, occlusion=drawn)
    assert set(labels.unique().tolist()) <= {0, 1, 18, 19} and all(bool((one == 19).any()) for one in labels)
    ((_, before),) = FeedBatches(feed, augmentation="none", batch=4, steps=1, seed=5)
    kept = labels != 19
    assert torch.equal(labels[kept], before[kept])
