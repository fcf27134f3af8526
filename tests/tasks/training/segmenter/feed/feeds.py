"""Feeds of small versions."""

from __future__ import annotations

from pathlib import Path

from tasks.training.segmenter.feed.open import Feed, FeedFilters, open_feed
from tasks.training.segmenter.feed.reading.source import FeedSource
from tasks.training.segmenter.feed.reading.target import LearntTarget
from tests.small_version import Members, occluded_face, write_version


def shard(first: int, count: int, split: str = "train") -> tuple[str, list[tuple[str, Members]]]:
    return split, [
        (f"{number:08d}", occluded_face(number, side=48, split=split))
        for number in range(first, first + count)
    ]


def version(folder: Path, name: str = "v", *, first: int = 0, shards: int = 2, test: int = 1) -> str:
    """Three samples of training a shard, and one shard of tests."""
    found = {f"train-randocc-{n:06d}.tar": shard(first + 3 * n, 3) for n in range(shards)}
    if test:
        found["test-heldout-000000.tar"] = shard(100, test, "test")
    return write_version(str(folder / name), found)


def feed_of(
    *sources: str | FeedSource,
    size: int = 16,
    held_out: float = 0.0,
    target: LearntTarget = "mask",
    filters: FeedFilters | None = None,
) -> Feed:
    given = tuple(one if isinstance(one, FeedSource) else FeedSource(url=one) for one in sources)
    return open_feed(given, size=size, target=target, held_out=held_out, filters=filters)
