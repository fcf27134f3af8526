from __future__ import annotations

from tasks.training.segmenter.feed.filters import FeedFilters
from tests.tasks.training.segmenter.feed.feeds import sample

SAMPLES = (
    sample("a", set="hand", category="hand"),
    sample("b", set="object", category="cup"),
    sample("c", set="object", category="fork"),
    sample("d", split="test", set="object", category="fork"),
)


def test_samples_of_one_of_the_sets_and_of_one_of_the_categories_are_kept() -> None:
    kept = [
        one.photo for one in SAMPLES if FeedFilters(sets=("object",), occluders=("cup", "hand")).keep(one)
    ]
    assert kept == ["b"] and all(FeedFilters().keep(one) for one in SAMPLES)


def test_what_is_left_out_is_counted_by_split_and_unknown_names_are_told() -> None:
    assert list(FeedFilters().notes(SAMPLES)) == []
    assert list(FeedFilters(sets=("hand", "odd")).notes(SAMPLES)) == [
        "--sets: no sample is of odd; there are hand, object",
        "--sets: 2 of 3 samples of the split train left out",
        "--sets: 1 of 1 sample of the split test left out",
    ]
    assert list(FeedFilters(sets=("object",), occluders=("fork",)).notes(SAMPLES)) == [
        "--sets and --occluders: 2 of 3 samples of the split train left out"
    ]
