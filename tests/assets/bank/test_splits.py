from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from assets.bank.reader import Entry
from assets.bank.splits import final_splits, names_of
from assets.text.sidecar_row import SPLITS
from tests.entries import blank_entry


def entry(photo: str, person: str | None = None, split: str = "train") -> Entry:
    return blank_entry("object", "o", category="c", photo=photo, person=person, split=split)


def splits(*entries: Entry, evaluated: tuple[Entry, ...] = ()) -> list[str]:
    final, moved = final_splits(entries, evaluated)
    assert [replace(one, split="") for one in final] == [replace(one, split="") for one in entries]
    assert moved == sum(one.split != before.split for one, before in zip(final, entries, strict=True))
    return [one.split for one in final]


def test_photograph_and_person_of_a_test_face_are_tested_on_as_a_whole() -> None:
    test = entry("p1", "ada", "test")
    assert splits(test, entry("p1"), entry("p2", "ada"), entry("p2", "bea"), entry("p3", "cy")) == [
        "test",
        "test",
        "test",
        "test",
        "train",
    ]


def test_a_withdrawn_entry_binds_as_if_it_were_there() -> None:
    entries = [entry("p1", "ada", "test"), entry("p1", "bea"), entry("p2", "bea"), entry("p3")]
    whole, _ = final_splits(entries, [])
    assert [one.split for one in whole] == ["test", "test", "test", "train"]
    for at in range(len(entries)):
        left = [one for place, one in enumerate(whole) if place != at]
        assert final_splits(left, [], withdrawn=[entries[at]])[0] == left
        raw = [one for place, one in enumerate(entries) if place != at]
        assert final_splits(raw, [], withdrawn=[entries[at]])[0] == left


def test_what_is_moved_brings_its_own_photograph_and_person_along_in_any_order() -> None:
    chain = [
        entry("p3", "bea"),
        entry("p2", "bea"),
        entry("p2", "ada"),
        entry("p1", "ada"),
        entry("p1", "cy", "test"),
        entry("p9", "dan"),
    ]
    assert splits(*chain) == ["test"] * 5 + ["train"]
    assert splits(*chain[::-1]) == ["train"] + ["test"] * 5


def test_a_really_occluded_face_bars_its_photograph_and_person() -> None:
    seen = (entry("p1", "ada"),)
    found = splits(entry("p1"), entry("p2", "ada"), entry("p2"), entry("p3"), evaluated=seen)
    assert found == ["test", "test", "test", "train"]


def test_an_occluder_of_a_photograph_that_gives_a_held_out_one_is_held_out_too() -> None:
    held, other = entry("p1", split="test"), replace(entry("p1"), kind="texture", category="banded")
    assert splits(held, other, entry("p2")) == ["test", "test", "train"]


def test_an_excluded_entry_stays_so_and_links_nothing() -> None:
    found = splits(
        entry("p1", "ada", "excluded"), entry("p1", None, "test"), entry("p2", "ada"), entry("p3", "bea")
    )
    assert found == ["excluded", "test", "train", "train"]


def test_duplicates_of_a_test_face_are_tested_on_and_excluded_ones_link_nothing() -> None:
    faces = [
        blank_entry("face", name, split=split, person=person)
        for name, split, person in [
            ("1", "test", None),
            ("2", "train", "ada"),
            ("3", "train", "ada"),
            ("4", "excluded", None),
            ("5", "train", None),
            ("6", "train", None),
        ]
    ]
    objects = [blank_entry("object", "2", photo="o")]
    final, moved = final_splits([*faces, *objects], [], [("1", "2"), ("4", "5")])
    assert [one.split for one in final] == ["test", "test", "test", "excluded", "train", "train", "train"]
    assert moved == 2


def test_names_of_the_two_kinds_and_unknown_ones_are_never_mixed_up() -> None:
    test = entry("p1", "ada", "test")
    assert splits(test, entry("ada"), entry("p2", "p1"), entry("p3")) == ["test", "train", "train", "train"]
    assert splits(entry("", None, "test"), entry(""), entry("", "")) == ["test", "train", "train"]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 9), st.sampled_from(["", "ada", "bea", "cy", "dan"]), st.sampled_from(SPLITS)
        ),
        max_size=30,
    )
)
def test_no_photograph_and_no_person_is_ever_on_both_sides(rows: list[tuple[int, str, str]]) -> None:
    entries = [entry(f"p{photo}", person or None, split) for photo, person, split in rows]
    final, _ = final_splits(entries, [])
    sides = {
        side: {name for one in final if one.split == side for name in names_of(one)}
        for side in ("train", "test")
    }
    assert sides["train"].isdisjoint(sides["test"])
    before = [one.split for one in entries]
    assert [one.split for one in final if one.split == "excluded"] == [s for s in before if s == "excluded"]
    if "test" not in before:
        assert final == entries
