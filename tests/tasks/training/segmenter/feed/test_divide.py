from __future__ import annotations

from collections.abc import Sequence

import pytest

from tasks.training.segmenter.feed.divide import DividedSamples, divide_samples
from tasks.training.segmenter.feed.filters import FeedFilters
from tasks.training.segmenter.feed.reading.held_out import groups_of, held_out_groups
from tasks.training.segmenter.feed.reading.index import FeedSample
from tests.tasks.training.segmenter.feed.feeds import sample


def divide(
    samples: Sequence[FeedSample], held_out: float = 0.3, filters: FeedFilters | None = None
) -> DividedSamples:
    return divide_samples(samples, ("A", "B"), held_out=held_out, filters=filters or FeedFilters())


def persons(samples: Sequence[FeedSample]) -> set[str]:
    return {one.person for one in samples}


def many(source: int, split: str = "train", first: int = 0) -> list[FeedSample]:
    """Photographs of twenty persons, two of each."""
    numbers = range(first, first + 20)
    names = [(f"{source} {number} {place}", f"p{number}") for number in numbers for place in range(2)]
    return [sample(photo, person=person, source=source, split=split) for photo, person in names]


def test_without_a_split_val_persons_are_held_out() -> None:
    found = divide([*many(0), *many(1)])
    assert found.validated_on == "held-out validation" and found.notes == ()
    assert not persons(found.training) & persons(found.validation)
    assert len(found.training) + len(found.validation) == 80
    assert persons(found.validation) == {
        group.removeprefix("person ") for group in held_out_groups(groups_of(many(0)), 0.3)
    }


def test_a_split_val_is_validated_on_and_no_person_of_training_is_held_out() -> None:
    val = many(0, "val", first=100)
    found = divide([*many(0), *val])
    assert found.validation == tuple(val) and len(found.training) == 40
    assert found.validated_on == "validation split"
    assert found.notes == (
        "A: validated on 40 samples of the split val; none of the split train is held out",
        "B: nothing is learnt from it: no split train",
    )


def test_a_source_without_val_is_held_out_beside_one_with_it_and_persons_are_on_one_side() -> None:
    val = many(0, "val", first=10)[:12]
    found = divide([*many(0), *val, *many(1)])
    assert found.validated_on == "validation split and held-out validation"
    assert not persons(found.training) & persons(found.validation)
    held = [one for one in found.validation if one.split == "train"]
    assert held and {one.source for one in held} == {1} and set(val) <= set(found.validation)
    # Six persons are in the split val; those that are held out of B are left out of A.
    lost = 12 + 2 * len(persons(held))
    assert found.notes[1:] == (
        f"A: {lost} samples of the split train left out: their persons are validated on",
        "B: 12 samples of the split train left out: their persons are validated on",
    )
    assert len(found.training) + len(found.validation) + lost + 12 == 92


def test_a_photograph_that_another_sample_names_the_person_of_is_theirs() -> None:
    known = [sample("x", person="p", source=1), sample("x", source=0), sample("y", source=0)]
    found = divide([*known, sample("z", person="p", split="val", source=0)])
    assert [one.photo for one in found.training] == ["y"]


def test_samples_of_other_splits_and_of_none_are_counted() -> None:
    odd = [sample("a", split=split) for split in ("several", "several", "unknown", "excluded")]
    found = divide([*many(0), *odd, sample("t", split="test", source=1)], 0.0)
    assert [one.photo for one in found.testing] == ["t"] and found.validated_on == ""
    assert found.notes == (
        "A: 1 sample left out: they are of the split excluded",
        "A: 2 samples left out: face and occluder are of different splits",
        "A: 1 sample left out: their shard holds several splits, and their json names none",
        "B: nothing is learnt from it: no split train",
    )
    with pytest.raises(
        ValueError, match=r"A, B: expected samples of the split train, found none \(A: 2 samp"
    ):
        divide(odd[:2])


def test_a_source_that_filters_leave_empty_is_told() -> None:
    found = divide([*many(0), sample("b", source=1, set="hand")], filters=FeedFilters(sets=("randocc",)))
    assert found.notes == (
        "--sets: 1 of 41 samples of the split train left out",
        "B: nothing is learnt from it: no sample is of randocc",
    )
    with pytest.raises(
        ValueError, match="expected samples of odd, found none; there are the sets hand, rand"
    ):
        divide([*many(0), sample("b", set="hand")], filters=FeedFilters(sets=("odd",)))


def test_training_persons_that_are_all_validated_on_are_an_error() -> None:
    with pytest.raises(
        ValueError, match="expected training samples of persons that are not in the split val, got none of 40"
    ):
        divide([*many(0), *many(0, "val")])
