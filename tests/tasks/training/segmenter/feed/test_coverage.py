from __future__ import annotations

from pathlib import Path

from tasks.training.segmenter.feed.coverage import coverage_notes
from tasks.training.segmenter.feed.reading.source import FeedSource
from tests.tasks.training.segmenter.feed.feeds import feed_of, version


def test_samples_that_no_epoch_or_no_step_has_are_counted(tmp_path: Path) -> None:
    one, other = version(tmp_path, "a"), version(tmp_path, "b", first=20, shards=1)
    feed = feed_of(one, FeedSource(url=other, weight=0.1))
    assert list(coverage_notes(feed, seed=0, steps=3, batch=2)) == [
        f"{other}: nothing is learnt from 3 samples of weight 0.1, less than half a sample an epoch; give a "
        "larger weight"
    ]
    assert list(coverage_notes(feed_of(one), seed=0, steps=1, batch=4)) == [
        "1 step of 4 pictures are less than an epoch: 2 of its 6 samples are not learnt from"
    ]
