"""What training and test sets may not share."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assets.bank.reader import Bank
from assets.bank.writer import BankWriter
from natocc.files.read import hash_file
from tasks.benchmark.sets.overlap import UsedPhotograph, check_overlap, drawn_from, learnt_by
from tasks.benchmark.sets.picture import PictureFacts, TestSet
from tests.entries import blank_entry
from tests.raw_trees import disc, encoded, portrait, write
from tests.small_version import occluded_face, write_version
from tests.tasks.training.segmenter.feed.feeds import feed_of


def set_of(*facts: PictureFacts, name: str = "RealOcc") -> TestSet:
    return TestSet(name=name, policy="voo", facts=facts, read=lambda: iter(()))


def used(photo: str, person: str = "") -> UsedPhotograph:
    return UsedPhotograph(photo=photo, person=person, where=f"v {photo}")


def test_other_photographs_and_unknown_persons_are_no_overlap() -> None:
    check_overlap([used("a"), used("", "bo")], [set_of(PictureFacts(key="1", photo="b", person="ada"))])
    check_overlap([used(""), used("a")], [set_of(PictureFacts(key="1"))])


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (PictureFacts(key="1", photo="a"), r"RealOcc 1 \(photograph, of v a\)"),
        (
            PictureFacts(key="1", photo="x", occluder_photo="a"),
            r"RealOcc 1 \(photograph of its occluder, of v",
        ),
        (PictureFacts(key="1", photo="x", person="ada"), r"RealOcc 1 \(person ada, of v b\)"),
    ],
)
def test_a_shared_photograph_or_person_is_refused(facts: PictureFacts, said: str) -> None:
    with pytest.raises(ValueError, match=f"expected photographs and persons .*, got 1 that one has: {said}"):
        check_overlap([used("a"), used("b", "ada")], [set_of(PictureFacts(key="0", photo="y"), facts)])


def test_a_photograph_is_of_a_person_if_another_picture_says_so() -> None:
    sets = [
        set_of(PictureFacts(key="1", photo="p")),
        set_of(PictureFacts(key="2", photo="p", person="ada"), name="mine"),
    ]
    with pytest.raises(
        ValueError, match=r"got 2 that one has: RealOcc 1 \(person ada, .*; mine 2 \(person ada"
    ):
        check_overlap([used("b", "ada")], sets)


def test_a_long_list_is_cut_and_counted() -> None:
    facts = [PictureFacts(key=str(number), photo="a") for number in range(23)]
    with pytest.raises(ValueError, match=r"got 23 .*RealOcc 19 \(photograph, of v a\) and 3 more; take"):
        check_overlap([used("a")], [set_of(*facts)])


def bank_with_hand(folder: Path) -> Bank:
    writer = BankWriter(str(folder))
    for name, split in (("1", "train"), ("2", "test")):
        entry = blank_entry("hand", name, photo=name * 64, person="eve", split=split)
        writer.add(entry, {"jpg": b"j", "json": b"{}"})
    writer.close()
    return Bank(str(folder))


def test_a_feed_uses_the_photographs_of_faces_and_occluders(tmp_path: Path) -> None:
    samples = []
    for number, held in enumerate(("f" * 64, "e" * 64)):
        members = occluded_face(number, side=32)
        face = {"id": held[0], "photo": held, "person": f"p{number}", "split": "train"}
        said = {"face": face, "occluder": {"id": "1", "photo": "1" * 64, "split": "train"}}
        samples.append((f"s{number}", members | {"json": json.dumps(said).encode()}))
    url = write_version(str(tmp_path / "v"), {"train-hand-000000.tar": ("train", samples)})
    feed = feed_of(url, held_out=0.5)
    assert len(feed.training) == len(feed.validation) == 1
    found = {(one.photo, one.person) for one in learnt_by(feed, bank_with_hand(tmp_path / "bank"))}
    assert found == {("f" * 64, "p0"), ("e" * 64, "p1"), ("1" * 64, "eve")}
    assert {one.person for one in learnt_by(feed) if one.photo == "1" * 64} == {""}


def test_pictures_of_a_training_folder_are_known_by_their_bytes(tmp_path: Path) -> None:
    write(tmp_path / "img/a.jpg", encoded(portrait(40, 40)))
    write(tmp_path / "mask/a.png", encoded(disc(40, 40), "PNG"))
    (found,) = learnt_by(feed_of(str(tmp_path)))
    assert found.photo == hash_file(tmp_path / "img/a.jpg")


def test_occluders_drawn_while_training_are_those_of_its_split(tmp_path: Path) -> None:
    (found,) = drawn_from(bank_with_hand(tmp_path), ["hand", "object"])
    assert (found.photo, found.person) == ("1" * 64, "eve")
