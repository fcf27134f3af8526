from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assets.bank.reader import Bank, Entry
from assets.bank.writer import BankWriter
from manifests.recipe import RecipeError
from tasks.build.selection import (
    FaceSelection,
    pairs_of_one_photo,
    select_faces,
    select_occluders,
    what_is_missing,
)
from tests.entries import blank_entry

# Id, split and subset of the bank's faces; hands and textures by id and split.
FACES = (
    ("a", "train", "WO"),
    ("b", "train", "O"),
    ("c", "train", None),
    ("d", "test", "WO"),
    ("e", "excluded", None),
)
HANDS = (("h", "train"), ("i", "test"), ("j", "excluded"))


def entry(kind: str, name: str, split: str, subset: str | None = None) -> Entry:
    fields = {"subset": subset, "photo": f"photo of {name}", "source": f"faces/{name}.jpg"}
    return blank_entry(kind, name, split=split, **fields)


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    folder = str(tmp_path_factory.mktemp("bank"))
    writer = BankWriter(folder)
    for name, split, subset in FACES:
        writer.add(entry("face", name, split, subset), {"jpg": b"x"})
    for name, split in HANDS:
        writer.add(entry("hand", name, split), {"jpg": b"x"})
    writer.close()
    return Bank(folder)


def names(entries: tuple[Entry, ...]) -> str:
    return "".join(found.id for found in entries)


@pytest.mark.parametrize(
    ("split", "subset", "faces", "unknown"),
    [
        ("train", "all", "abc", 0),
        ("test", "all", "d", 0),
        ("all", "all", "abcd", 0),
        ("train", "WO", "a", 1),
        ("all", "O", "b", 1),
        ("test", "O", "", 0),
    ],
)
def test_faces_of_a_split_and_a_subset(bank: Bank, split: str, subset: str, faces: str, unknown: int) -> None:
    found = select_faces(bank, split, subset)  # type: ignore[arg-type]
    assert (names(found.faces), found.unknown, found.excluded_by_split) == (faces, unknown, 0)


def test_a_list_is_taken_as_it_is_but_for_test_and_excluded_faces(bank: Bank, tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("c\n\nb.jpg\nd\ne\n")
    found = select_faces(bank, str(path), "WO")
    assert (names(found.faces), found.excluded_by_split) == ("bc", 2), "by id or file name; no subset"
    path.write_text("\ufefffile\r\n00b.jpg\rfaces\\c.jpg,\r\nb.jpg 0.9\r\n".replace("00b", "b"))
    assert names(select_faces(bank, str(path), "WO").faces) == "bc"
    path.write_text("a b\n")
    with pytest.raises(RecipeError, match=r"split: expected one face a line in .*, got others: 1 .line 1."):
        select_faces(bank, str(path))
    path.write_bytes("a\n".encode("utf-16"))
    with pytest.raises(
        RecipeError, match=r"split: .*list\.txt: expected .*, got text in UTF-16; save it as UTF-8"
    ):
        select_faces(bank, str(path))
    path.write_text("x\ny\na\n")
    with pytest.raises(RecipeError, match="got 2 faces that the bank lacks, the first 'x'"):
        select_faces(bank, str(path))
    for empty in ("", "\n[]\n", "# none\n"):
        path.write_text(empty)
        with pytest.raises(
            RecipeError, match=r"expected faces of the bank in .*list\.txt, .* got an empty list"
        ):
            select_faces(bank, str(path))
    with pytest.raises(
        RecipeError,
        match="--split or the recipe's split: expected train, test, all or a list file, got 'nowhere'",
    ):
        select_faces(bank, "nowhere")


def test_a_bank_without_subsets_has_none_to_choose(tmp_path: Path) -> None:
    writer = BankWriter(str(tmp_path))
    writer.add(entry("face", "a", "train"), {"jpg": b"x"})
    writer.close()
    with pytest.raises(RecipeError, match="subset WO: expected a bank that says which faces are WO"):
        select_faces(Bank(str(tmp_path)), "train", "WO")


@pytest.mark.parametrize(
    ("split", "found"), [("train", "h"), ("test", "i"), ("all", "hi"), ("some/list.txt", "h")]
)
def test_occluders_follow_the_split_of_their_faces(bank: Bank, split: str, found: str) -> None:
    assert names(select_occluders(bank, "hand", split)) == found
    assert select_occluders(bank, "none", split) == select_occluders(bank, "randocc", split) == ()


def test_missing_inputs_of_a_set_are_named(bank: Bank) -> None:
    whole, hands = select_faces(bank, "train"), select_occluders(bank, "hand", "train")
    assert what_is_missing(bank, "hand", "train", whole, hands) == ""
    assert what_is_missing(bank, "none", "train", whole, ()) == ""
    assert what_is_missing(bank, "randocc", "train", whole, ()) == (
        "expected at least one texture of split train in the bank, got no textures at all; "
        "put some into the raw folder and prepare again"
    )
    none = FaceSelection(faces=())
    assert what_is_missing(bank, "hand", "train", none, hands) == (
        "expected faces in its split, got none, but the bank has 1 excluded, 1 test, 3 train of any subset; say "
        "which in the column split of natocc.csv beside their dataset (docs/raw-data.md), and prepare again"
    )
    unknown = what_is_missing(bank, "hand", "train", FaceSelection(faces=(), unknown=3), hands)
    assert "but 3 of unknown subset" in unknown


@pytest.mark.parametrize(
    ("split", "wanted"),
    [
        ("test", "of split test"),
        ("train", "of split train"),
        ("a.txt", "of split train"),
        ("all", "that is not excluded"),
    ],
)
def test_occluders_of_other_splits_are_counted_with_the_way_out(bank: Bank, split: str, wanted: str) -> None:
    assert what_is_missing(bank, "hand", split, select_faces(bank, "train"), ()) == (
        f"expected at least one hand {wanted} in the bank, got none, but 1 excluded, 1 test, 1 train; say which "
        "in the column split of natocc.csv beside their dataset (docs/raw-data.md), and prepare again"
    )


def test_pairs_of_one_photograph_are_counted(bank: Bank) -> None:
    faces, hands = bank.entries("face"), bank.entries("hand")
    assert pairs_of_one_photo(faces, hands) == 0
    assert pairs_of_one_photo(faces, [replace(hand, photo="photo of a") for hand in hands]) == 3
