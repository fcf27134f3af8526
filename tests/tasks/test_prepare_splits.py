from __future__ import annotations

from pathlib import Path

import pytest

from assets.bank import Entry
from assets.records import Origin, RawFace, RawOccludedFace
from tasks.prepare_splits import split_of
from tasks.prepare_splits import test_names as names_of_test_faces


def face(photo: str, person: str | None = None, split: str | None = None) -> RawFace:
    origin = Origin(dataset="d", photo=photo, licence="l", split=split, person=person)
    return RawFace(id=photo, image=Path("x.jpg"), parts={}, origin=origin)


def occluded(photo: str, person: str | None = None) -> RawOccludedFace:
    origin = Origin(dataset="d", photo=photo, licence="l", person=person)
    return RawOccludedFace(id=photo, image=Path("x.jpg"), mask=Path("x.png"), origin=origin)


def entry(photo: str, person: str | None = None, split: str = "train") -> Entry:
    return Entry(
        kind="object",
        id="o",
        dataset="d",
        category="c",
        split=split,
        person=person,
        photo=photo,
        licence="l",
        grade=None,
        source="s",
        height=1,
        width=1,
        sha256="",
        shard="",
        members={},
    )


def barred(
    faces: list[RawFace], really_occluded: tuple[RawOccludedFace, ...] = ()
) -> frozenset[tuple[str, str]]:
    return names_of_test_faces(faces, really_occluded, lambda one: one.origin.photo)


def test_photographs_and_persons_of_test_faces_are_barred() -> None:
    found = barred(
        [face("p1", "ada", "test"), face("p2", "bea"), face("p3", None, "train")], (occluded("p4", "cy"),)
    )
    assert found == {("photo", "p1"), ("person", "ada"), ("photo", "p4"), ("person", "cy")}


def test_a_face_that_is_moved_brings_its_own_person_and_photograph_along() -> None:
    faces = [
        face("p3", "bea"),
        face("p2", "bea"),
        face("p2", "ada"),
        face("p1", "ada"),
        face("p1", "cy", "test"),
    ]
    assert {name for kind, name in barred(faces) if kind == "person"} == {"ada", "bea", "cy"}
    assert {name for kind, name in barred(faces) if kind == "photo"} == {"p1", "p2", "p3"}


def test_an_excluded_face_links_nothing() -> None:
    found = barred([face("p1", "ada", "excluded"), face("p1", None, "test"), face("p2", "ada")])
    assert found == {("photo", "p1")}


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (entry("p1"), "test"),
        (entry("p2", "ada"), "test"),
        (entry("p2", "bea"), "train"),
        (entry("p2"), "train"),
        (entry("ada"), "train"),
        (entry("p2", "p1"), "train"),
        (entry("p1", split="excluded"), "excluded"),
        (entry("p1", split="test"), "test"),
    ],
)
def test_only_training_entries_are_moved(one: Entry, expected: str) -> None:
    assert split_of(one, frozenset({("photo", "p1"), ("person", "ada")})) == expected
