from __future__ import annotations

import pickle
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from tasks.training.segmenter.feed.occlusion.choice import OcclusionChoice, parse_shares
from tasks.training.segmenter.feed.occlusion.drawn import DrawnOcclusion
from tasks.training.segmenter.feed.occlusion.open import open_occlusion
from tasks.training.segmenter.feed.open import Feed
from tests.tasks.training.segmenter.feed.feeds import feed_of, occluder_bank, plain_version


def drawn_on(feed: Feed, *texts: str, bank: str | None = None, seed: int = 0) -> DrawnOcclusion:
    drawn = open_occlusion(OcclusionChoice(shares=parse_shares(texts)), feed, bank, seed=seed)
    assert drawn is not None
    return drawn


def test_shares_are_probabilities_and_the_rest_gets_nothing(tmp_path: Path) -> None:
    feed = feed_of(plain_version(tmp_path, count=1), size=64)
    drawn = drawn_on(feed, "natocc=0.5", "erase=0.2", bank=occluder_bank(tmp_path / "bank"))
    counts = Counter(drawn.draw(feed.training[0], str(turn)) for turn in range(2000))
    assert counts["natocc"] / 2000 == pytest.approx(0.5, abs=0.04)
    assert counts["erase"] / 2000 == pytest.approx(0.2, abs=0.03)
    assert counts["none"] / 2000 == pytest.approx(0.3, abs=0.04)
    assert {drawn_on(feed, "erase=1").draw(feed.training[0], str(turn)) for turn in range(50)} == {"erase"}
    assert {drawn_on(feed, "erase=0").draw(feed.training[0], str(turn)) for turn in range(50)} == {"none"}


def test_samples_with_a_rendered_occluder_stay_as_they_are(tmp_path: Path) -> None:
    feed = feed_of(plain_version(tmp_path, count=2, occluded=2), size=32)
    drawn = drawn_on(feed, "erase=1")
    for sample in feed.training:
        before = feed.read(sample)
        after = drawn.occlude(before, sample, "0")
        assert np.array_equal(before.image, after.image) == (sample.kind == "randocc")


def test_draws_follow_seed_and_turn_alone(tmp_path: Path) -> None:
    feed, bank = feed_of(plain_version(tmp_path), size=64), occluder_bank(tmp_path / "bank")
    sample = feed.training[0]
    picture = feed.read(sample)

    def pixels(drawn: DrawnOcclusion, turn: str = "0") -> bytes:
        out = drawn.occlude(picture, sample, turn)
        return out.image.tobytes() + out.label.tobytes()

    drawn = drawn_on(feed, "natocc=1", bank=bank)
    first = pixels(drawn)
    assert pixels(drawn) == pixels(pickle.loads(pickle.dumps(drawn))) == first
    assert pixels(drawn, "1") != first
    assert pixels(drawn_on(feed, "natocc=1", bank=bank, seed=1)) != first
    turn = next(
        str(turn) for turn in range(99) if drawn_on(feed, "erase=0.5").draw(sample, str(turn)) != "none"
    )
    assert pixels(drawn_on(feed, "erase=0.5"), turn) == pixels(drawn_on(feed, "erase=1"), turn)


def test_it_travels_to_a_loader_without_pixels(tmp_path: Path) -> None:
    feed = feed_of(plain_version(tmp_path), size=64)
    drawn = drawn_on(feed, "natocc=1", bank=occluder_bank(tmp_path / "bank"))
    drawn.occlude(feed.read(feed.training[0]), feed.training[0], "0")
    assert len(pickle.dumps(drawn)) < 3000
