from __future__ import annotations

from pathlib import Path

import pytest

from tasks.training.segmenter.feed.occlusion.choice import OcclusionChoice, parse_shares
from tasks.training.segmenter.feed.occlusion.drawn import DrawnOcclusion
from tasks.training.segmenter.feed.occlusion.open import open_occlusion
from tasks.training.segmenter.feed.open import Feed
from tests.tasks.training.segmenter.feed.feeds import feed_of, occluder_bank, plain_version, version


def opened(
    feed: Feed,
    bank: str | None,
    *texts: str,
    kinds: tuple[str, ...] = (),
    sources: tuple[str, ...] = (),
) -> DrawnOcclusion:
    choice = OcclusionChoice(shares=parse_shares(texts), kinds=kinds, sources=sources)
    drawn = open_occlusion(choice, feed, bank, seed=0)
    assert drawn is not None
    return drawn


def test_nothing_chosen_is_none(tmp_path: Path) -> None:
    assert open_occlusion(OcclusionChoice(), feed_of(plain_version(tmp_path)), None, seed=0) is None


def test_faces_without_an_occluder_are_covered_and_the_others_counted(tmp_path: Path) -> None:
    feed = feed_of(plain_version(tmp_path, count=4, occluded=3), size=64)
    drawn = opened(feed, occluder_bank(tmp_path / "bank"), "natocc", "randocc=0.25")
    assert [drawn.covers(one) for one in feed.training] == [one.set == "wo" for one in feed.training]
    assert drawn.notes() == [
        "no occlusion is drawn on 3 training pictures that have a rendered occluder or are of another source"
    ]
    assert drawn.described() == {
        "shares": {"natocc": 0.5, "randocc": 0.25},
        "kinds": {"natocc": ["hand", "object"], "randocc": ["randocc"]},
        "occluders": {"object": 1, "hand": 1, "texture": 1},
        "bank": drawn.described()["bank"],
        "sources": ["small"],
        "untouched_samples": 3,
    }


def test_one_of_several_sources_is_covered_by_its_url_or_name(tmp_path: Path) -> None:
    one, other = plain_version(tmp_path, "a", count=2), plain_version(tmp_path, "b", count=3)
    feed = feed_of(one, other, size=16)
    for named in (other, f"{other}/"):
        drawn = opened(feed, None, "erase", sources=(named,))
        assert [one.source for one in feed.training if drawn.covers(one)] == [1, 1, 1]
    assert all(map(opened(feed, None, "erase", sources=("small",)).covers, feed.training))
    with pytest.raises(ValueError, match=rf"--occlude-in: expected some of the sources {one}, .*, got 'c'"):
        opened(feed, None, "erase", sources=("c",))


def test_kinds_that_the_bank_lacks_are_left_out_unless_asked_for(tmp_path: Path) -> None:
    feed, bank = feed_of(plain_version(tmp_path), size=64), occluder_bank(tmp_path / "bank", ("object",))
    drawn = opened(feed, bank, "natocc", "paste=0.1")
    assert [one.kinds for one in drawn.chosen] == [("object",), ("object",)]
    for kinds in (("hand",), ("object", "hand")):
        with pytest.raises(ValueError, match=r"split train for --occlude paste \(hand\), got"):
            opened(feed, bank, "paste", kinds=kinds)
    with pytest.raises(
        ValueError,
        match=r"bank: expected occluders of the split train for --occlude randocc \(randocc\), got",
    ):
        opened(feed, bank, "natocc", "randocc")


def test_a_bank_without_occluders_of_the_split_train_and_no_bank_are_refused(tmp_path: Path) -> None:
    feed = feed_of(plain_version(tmp_path), size=64)
    with pytest.raises(ValueError, match=r"--occlude natocc \(hand, object\), got none; choose other"):
        opened(feed, occluder_bank(tmp_path / "bank", split="test"), "natocc")
    with pytest.raises(
        ValueError, match="--bank: expected a bank whose occluders --occlude paste draws, got"
    ):
        opened(feed, None, "paste")
    assert opened(feed, None, "erase").occluders is None


def test_a_source_whose_faces_are_all_occluded_and_small_pictures_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"without an occluder in small, got rendered occluders on all of"):
        opened(feed_of(version(tmp_path)), None, "erase")
    with pytest.raises(ValueError, match="--size: expected at least 64 with --occlude natocc, got 16"):
        opened(feed_of(plain_version(tmp_path)), None, "natocc")


def test_settings_follow_what_decides_the_draws(tmp_path: Path) -> None:
    feed, bank = feed_of(plain_version(tmp_path), size=64), occluder_bank(tmp_path / "bank")
    drawn = opened(feed, bank, "natocc")
    assert drawn.settings()["occlusion"] == "natocc 0.5 (hand, object) on small"
    assert opened(feed, bank, "natocc", kinds=("hand",)).settings() != drawn.settings()
    assert opened(feed, bank, "natocc=0.6").settings() != drawn.settings()
    other = occluder_bank(tmp_path / "other", ("hand", "object", "texture"), dataset="e")
    assert opened(feed, other, "natocc").settings() == drawn.settings(), "the same pixels"
    assert set(opened(feed, None, "erase").settings()) == {"occlusion"}
    assert opened(feed, other, "natocc").licences == {f"occluders of e in {other}": ("l",)}
