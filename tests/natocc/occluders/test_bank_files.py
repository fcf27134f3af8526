from __future__ import annotations

import builtins
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fsspec
import pytest

from assets.bank.reader import Bank
from natocc import load_occluders
from natocc.document import BadDocument
from natocc.kinds import ENTRY_KINDS
from natocc.occluders.bank_files import BadBank, BankFiles, arrow_table, open_bank_files, read_entries
from tests.bank_entries import flip_bit, write


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    """A bank of the faces a and b, with the members jpg and mask.png."""
    return Path(write(tmp_path / "bank", ["a", "b"]).url)


def read_all(files: BankFiles) -> dict[str, dict[str, bytes]]:
    return {entry.id: files.read_members(entry) for entry in read_entries(files)}


def test_the_library_reads_what_the_pipeline_does(bank_url: str) -> None:
    files, bank = open_bank_files(bank_url), Bank(bank_url)
    entries = read_entries(files)
    assert [(entry.kind, entry.id, entry.split) for entry in entries] == [
        (entry.kind, entry.id, entry.split) for kind in ENTRY_KINDS for entry in bank.entries(kind)
    ]
    for entry, same in zip(entries, (one for kind in ENTRY_KINDS for one in bank.entries(kind)), strict=True):
        assert files.read_members(entry) == bank.read(same)
    assert set(files.read_members(entries[0], ("jpg", "no_such"))) == {"jpg"}


def test_a_bank_at_a_url(bank: Path) -> None:
    remote = fsspec.filesystem("memory")
    remote.put(str(bank), "/bank_files", recursive=True)
    files = open_bank_files("memory://bank_files/")
    assert read_all(files) == read_all(open_bank_files(str(bank)))
    with remote.open("/bank_files/face-000000.tar", "wb") as stream:
        stream.write(bank.joinpath("face-000000.tar").read_bytes()[:600])
    with pytest.raises(
        BadBank,
        match=r"^memory://bank_files/face-000000\.tar: expected jpg of face a, 100 bytes from 512, got 88: it was cut "
        r"short; it is damaged: copy the bank again, or repair it with `natocc prepare --raw DIR --bank "
        r"memory://bank_files`; `natocc verify memory://bank_files` lists all damage$",
    ):
        read_all(files)


def test_a_bank_in_a_folder_with_two_colons(bank: Path) -> None:
    named = bank.rename(bank.with_name("a::b"))
    assert read_all(open_bank_files(f"file://{named}")) == read_all(open_bank_files(str(named)))


def test_a_flipped_bit_of_a_member_names_file_and_entry(bank: Path) -> None:
    files = open_bank_files(str(bank))
    (first, second) = read_entries(files)
    flip_bit(bank / "face-000000.tar", second.members["mask.png"].offset)
    assert files.read_members(first)["jpg"] == b"a" * 100
    assert files.read_members(second, ("jpg",)) == {"jpg": b"b" * 100}
    with pytest.raises(
        BadBank,
        match=rf"^{bank}/face-000000\.tar: expected mask\.png of face b with sha256 [0-9a-f]{{12}}…, got [0-9a-f]{{12}}…; "
        "it is damaged: copy the bank again",
    ):
        files.read_members(second)


def test_a_damaged_table_and_a_damaged_index_are_found_on_opening(bank: Path) -> None:
    flip_bit(bank / "entries.parquet", 100)
    with pytest.raises(
        BadBank, match=rf"{bank}/entries\.parquet: expected the file with sha256 .*it is damaged"
    ):
        read_entries(open_bank_files(str(bank)))
    flip_bit(bank / "bank.json", 40)
    with pytest.raises(
        BadDocument, match=rf"{bank}/bank\.json: expected .*natocc prepare --raw DIR --bank {bank}`"
    ):
        open_bank_files(str(bank))


def prepared_again(bank: Path) -> None:
    write(bank, ["b", "c"])


def being_prepared(bank: Path) -> None:
    (bank / "bank.json").unlink()
    flip_bit(bank / "face-000000.tar", 512)


@pytest.mark.parametrize(
    ("change", "advice"),
    [
        (prepared_again, "the bank was prepared again since it was opened: run the same command again"),
        (
            being_prepared,
            "the bank was removed or is being prepared again: when it is complete, run the same",
        ),
        (shutil.rmtree, "the bank was removed or is being prepared again: when it is complete, run the same"),
        (
            lambda bank: (bank / "face-000000.tar").unlink(),
            "it is damaged: copy the bank again, or repair it",
        ),
    ],
)
def test_a_bank_that_changes_under_its_reader_is_said_as_such(
    bank: Path, change: Callable[[Path], None], advice: str
) -> None:
    files = open_bank_files(str(bank))
    entries = read_entries(files)
    change(bank)
    with pytest.raises(BadBank, match=rf"^{bank}/face-000000\.tar: expected jpg of face a.*; {advice}"):
        for entry in entries:
            files.read_members(entry)


def test_a_folder_in_place_of_a_file_is_said(bank: Path) -> None:
    files = open_bank_files(str(bank))
    entries = read_entries(files)
    (bank / "face-000000.tar").unlink()
    (bank / "face-000000.tar").mkdir()
    with pytest.raises(
        BadBank,
        match=r"face-000000\.tar: expected jpg of face a, which can't be read \(expected a regular file, got a folder\); fix this",
    ):
        files.read_members(entries[0])


def test_errors_survive_the_way_from_a_worker(bank: Path) -> None:
    files = open_bank_files(str(bank))
    (bank / "entries.parquet").unlink()
    with pytest.raises(BadBank) as caught:
        read_entries(files)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_the_library_loads_nothing_of_a_damaged_bank(bank_url: str, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(bank_url, tmp_path / "copy"))
    hand = next(entry for entry in read_entries(open_bank_files(bank_url)) if entry.kind == "hand")
    flip_bit(copy / hand.shard, hand.members["alpha.png"].offset + 50)
    with pytest.raises(
        BadBank, match=rf"{copy}/{hand.shard}: expected alpha\.png of hand {hand.id} with sha256"
    ):
        load_occluders(copy)


def test_no_bank_and_no_table_are_told(tmp_path: Path) -> None:
    with pytest.raises(
        FileNotFoundError,
        match=r"expected a bank \(bank.json in it\), found none; make one with `natocc prepare",
    ):
        open_bank_files(str(tmp_path))
    # As a preparation leaves it that was cut off: no index, so no bank, whatever the table says.
    (tmp_path / "entries.parquet").write_bytes(b"")
    with pytest.raises(FileNotFoundError, match="expected a bank"):
        open_bank_files(str(tmp_path))
    with pytest.raises(ValueError, match="Parquet"):
        arrow_table(b"no table" * 10)


def test_without_pyarrow_the_extra_is_named(bank_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    imported = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.startswith("pyarrow"):
            raise ModuleNotFoundError("No module named 'pyarrow'")
        return imported(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ModuleNotFoundError, match=r"run pip install 'natocc\[bank\]'"):
        read_entries(open_bank_files(bank_url))


def test_a_bucket_without_its_library_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    def lacking(url: str) -> None:
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr(fsspec.core, "url_to_fs", lacking)
    with pytest.raises(ModuleNotFoundError, match=r"Install s3fs .* 'natocc\[bank,storage\]'"):
        open_bank_files("s3://bucket/bank")
