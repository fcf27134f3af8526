from __future__ import annotations

from pathlib import Path

from tasks.training.segmenter.feed.occlusion.choice import OcclusionChoice, parse_shares
from tasks.training.segmenter.feed.occlusion.open import open_occlusion
from tasks.training.segmenter.feed.occlusion.tally import tally_occlusion
from tests.tasks.training.segmenter.feed.feeds import feed_of, plain_version


def test_draws_are_counted_with_what_they_hide(tmp_path: Path) -> None:
    feed = feed_of(plain_version(tmp_path, count=8, occluded=2), size=32)
    drawn = open_occlusion(OcclusionChoice(shares=parse_shares(("erase=1",))), feed, None, seed=0)
    assert drawn is not None
    tally = tally_occlusion(feed, drawn)["erase"]
    assert tally.drawn == tally.hiding == 8
    assert 0.02 < tally.hidden_ratio < 0.34
    assert tally_occlusion(feed, drawn)["erase"] == tally
    assert tally_occlusion(feed, drawn, most=5)["erase"].drawn <= 5
