from __future__ import annotations

from pathlib import Path

import pytest

from assets.text.withdrawals import Withdrawal
from shards.storage import sha256_bytes
from tasks.withdraw.find import KnownInput, Meaning, as_input
from tests.bank_entries import entry

SHA, OTHER = "0a" * 32, "0b" * 32
FACE = KnownInput(kind="face", id="00007", photo=SHA, person="7", source="F/7.jpg", sha256="f")
CROP = KnownInput(kind="object", id="faceocc_7", photo=SHA, person="7", source="O/7.png", sha256="c")
HAND = KnownInput(kind="hand", id="hand_7", photo=OTHER, person="7", source="H/7.jpg", sha256="h")
CUP = KnownInput(kind="object", id="000000000001", photo="", source="C/1.jpg", sha256="o")
KNOWN = (FACE, CROP, HAND, CUP)


@pytest.mark.parametrize(
    ("name", "roles", "covered"),
    [
        ("7", {"person"}, {FACE, CROP, HAND}),
        ("00007", {"face"}, {FACE, CROP}),
        ("f", {"face"}, {FACE, CROP}),
        (SHA, {"photograph"}, {FACE, CROP}),
        ("F/7.jpg", {"photograph"}, {FACE, CROP}),
        ("hand_7", {"hand"}, {HAND}),
        ("faceocc_7", {"object"}, {CROP}),
        ("000000000001", {"object"}, {CUP}),
        ("8", set(), set()),
    ],
)
def test_what_a_name_means(name: str, roles: set[str], covered: set[KnownInput]) -> None:
    meaning = Meaning(name=name)
    for known in KNOWN:
        meaning.learn(known)
    assert set(meaning.close(KNOWN)) == covered and meaning.roles == roles


def test_the_ban_names_photographs_by_hash_and_path_and_an_object_by_its_id_alone(tmp_path: Path) -> None:
    (tmp_path / "F").mkdir()
    (tmp_path / "F/7.jpg").write_bytes(b"cut from another")
    own = sha256_bytes(b"cut from another")
    meaning = Meaning(name="F/7.jpg")
    meaning.learn(FACE)
    meaning.close(KNOWN)
    hashes = sorted([("photograph", SHA), ("photograph", own)])
    assert meaning.subjects(tmp_path) == [*hashes, ("file", "F/7.jpg"), ("file", "O/7.png")]
    meaning = Meaning(name="faceocc_7")
    meaning.learn(CROP)
    meaning.close(KNOWN)
    assert meaning.subjects(tmp_path) == [("object", "faceocc_7")]


def test_an_earlier_withdrawal_of_the_same_input_counts(tmp_path: Path) -> None:
    meaning = Meaning(name="7")
    meaning.learn_row(Withdrawal(what="photograph", name=SHA, input="7"))
    meaning.learn_row(Withdrawal(what="photograph", name=OTHER, input="8"))
    assert meaning.covers(FACE) and not meaning.covers(HAND) and meaning.roles == {"withdrawn before"}


def test_a_picture_of_the_raw_folder_counts_and_no_other_file(tmp_path: Path) -> None:
    for name in ("raw/a.jpg", "raw/a.csv", "b.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"a")
    for name, found in (("a.jpg", True), ("a.csv", False), ("../b.jpg", False), ("x" * 300 + ".jpg", False)):
        meaning = Meaning(name=name)
        meaning.learn_file(tmp_path / "raw")
        assert bool(meaning.photos) is found


def test_an_entry_is_known_by_all_its_names() -> None:
    names = list(as_input(entry("0", person="Ada", photo="p", source="s", sha256="e")).names)
    assert names == ["0", "Ada", "p", "s", "e"]
    source = "COCO/a/1.jpg annotation 2"
    cup = as_input(entry("2", "object", source=source))
    assert cup.source == "COCO/a/1.jpg"
    meaning = Meaning(name=source)
    meaning.learn(cup)
    assert meaning.objects == {"2"} and not meaning.photos
