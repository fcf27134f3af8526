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
    rows = meaning.subjects(tmp_path)
    assert rows == [*hashes, ("file", "F/7.jpg"), ("file", "O/7.png")]
    behind = {name: meaning.photo_behind(tmp_path, what, name) for what, name in rows}
    assert behind == {SHA: "", own: SHA, "F/7.jpg": SHA, "O/7.png": SHA}
    meaning = Meaning(name="faceocc_7")
    meaning.learn(CROP)
    meaning.close(KNOWN)
    assert meaning.subjects(tmp_path) == [("object", "faceocc_7")]


def test_an_earlier_withdrawal_of_the_same_input_counts(tmp_path: Path) -> None:
    meaning = Meaning(name="7")
    rows = (Withdrawal(what="photograph", name=name, input=of) for name, of in ((SHA, "7"), (OTHER, "8")))
    meaning.learn_rows(tuple(rows))
    assert meaning.covers(FACE) and not meaning.covers(HAND) and meaning.roles == {"withdrawn before"}


@pytest.mark.parametrize("name", ["F/7.jpg", OTHER, SHA, "00007"])
def test_each_name_of_a_withdrawn_photograph_means_all_its_hashes(name: str) -> None:
    rows = (
        Withdrawal(what="photograph", name=SHA, input="00007"),
        Withdrawal(what="photograph", name=OTHER, input="00007", photo=SHA),
        Withdrawal(what="file", name="F/7.jpg", input="00007", photo=SHA),
        Withdrawal(what="file", name="F/8.jpg", input="8", photo="0c" * 32),
    )
    meaning = Meaning(name=name)
    meaning.learn_rows(rows)
    assert meaning.covers(FACE) and {SHA, OTHER} == meaning.photos


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
