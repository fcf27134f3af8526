from __future__ import annotations

import json
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from assets.bank.reader import Bank
from assets.bank.writer import BankWriter, close_bank, is_shard, name_shard, open_bank, write_shard
from natocc.document import MissingDocument
from shards import storage
from shards.reader import read_shard
from shards.storage import sha256_bytes
from tests.bank_entries import entry, write


def test_shards_are_plain_webdataset_and_hashes_are_those_of_the_files(tmp_path: Path) -> None:
    bank = write(tmp_path, ["a", "b"])
    assert [key for key, _ in read_shard(str(tmp_path / "face-000000.tar"))] == ["a", "b"]
    files = bank.index["files"]
    assert set(files) == {"entries.parquet", "face-000000.tar"}
    assert all(sha256_bytes((tmp_path / name).read_bytes()) == digest for name, digest in files.items())
    assert pq.read_table(tmp_path / "entries.parquet").column("id").to_pylist() == ["a", "b"]


@pytest.mark.parametrize("limits", [{"per_shard": 2}, {"shard_bytes": 250}])
def test_a_shard_ends_at_its_count_or_its_bytes(tmp_path: Path, limits: dict[str, int]) -> None:
    bank = write(tmp_path, ["a", "b", "c", "d", "e"], **limits)
    shards = [one.shard for one in bank.entries("face")]
    assert shards == [f"face-{number:06d}.tar" for number in (0, 0, 1, 1, 2)]
    assert [bank.read(one)["jpg"][:1] for one in bank.entries("face")] == [b"a", b"b", b"c", b"d", b"e"]


def test_an_entry_larger_than_a_shard_has_one_of_its_own(tmp_path: Path) -> None:
    shards = {one.shard for one in write(tmp_path, ["a", "b"], shard_bytes=10).entries("face")}
    assert shards == {"face-000000.tar", "face-000001.tar"}


def test_shards_of_an_earlier_larger_bank_go_and_other_files_stay(tmp_path: Path) -> None:
    write(tmp_path, ["a", "b", "c"], per_shard=1)
    (tmp_path / "notes.txt").write_text("mine")
    write(tmp_path, ["a"])
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "bank.json",
        "entries.parquet",
        "face-000000.tar",
        "notes.txt",
    ]


def test_a_bank_that_was_not_closed_is_no_bank(tmp_path: Path) -> None:
    write(tmp_path, ["a"])
    BankWriter(str(tmp_path)).add(entry("z"), {"jpg": b"z"})
    with pytest.raises(
        FileNotFoundError, match=r"expected a bank \(bank.json in it\), found none; make one with"
    ):
        Bank(str(tmp_path))


def test_equal_content_has_an_equal_hash_and_bytes(tmp_path: Path) -> None:
    one, two = (write(tmp_path / name, ["a", "b"]) for name in ("one", "two"))
    assert one.index == two.index
    assert (tmp_path / "one/bank.json").read_bytes() == (tmp_path / "two/bank.json").read_bytes()
    third = write(tmp_path / "three", ["a", "c"])
    assert third.index["content_sha256"] != one.index["content_sha256"]
    assert json.loads((tmp_path / "three/bank.json").read_text())["format"] == "natocc-bank/2"


def test_a_folder_that_cannot_be_written_is_found_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OSError, match="file"):
        BankWriter(str(tmp_path / "file"))
    with pytest.raises(OSError, match="file"):
        BankWriter(str(tmp_path / "file/bank"))


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_read_only_folder_is_found_at_once_and_its_bank_kept(tmp_path: Path) -> None:
    write(tmp_path, ["a"])
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(PermissionError):
            BankWriter(str(tmp_path))
        assert len(Bank(str(tmp_path)).entries("face")) == 1
    finally:
        tmp_path.chmod(0o755)


def prepared(folder: Path, names: list[str]) -> None:
    """A bank whose shard is named by its content, of one face for each name."""
    open_bank(str(folder))
    items = [(entry(name), {"jpg": name.encode()}) for name in names]
    shard = write_shard(str(folder), partial(name_shard, "face-000000"), items)
    close_bank(str(folder), shard.entries, {shard.name: shard.sha256}, {"notes.jsonl": names[0].encode()}, {})


def readable(folder: Path) -> list[str] | None:
    """The ids of all faces, each read; None for a bank that is named as incomplete."""
    try:
        bank = Bank(str(folder))
    except MissingDocument:
        assert (folder / "entries.parquet").is_file(), "which is how a command knows it as unfinished"
        return None
    return [bank.read(one)["jpg"].decode() for one in bank.entries("face")]


def test_a_bank_is_readable_or_incomplete_wherever_its_successor_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared(tmp_path / "calm", ["b", "c"])
    left = 0

    def stopping(function: Callable[..., None]) -> Callable[..., None]:
        def call(*args: object) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise KeyboardInterrupt
            function(*args)

        return call

    for name in ("write_bytes", "copy", "remove"):
        monkeypatch.setattr(storage, name, stopping(getattr(storage, name)))
    found = []
    for steps in range(20):
        folder, left = tmp_path / str(steps), 1000
        prepared(folder, ["a"])
        left = steps
        try:
            prepared(folder, ["b", "c"])
        except KeyboardInterrupt:
            found.append(readable(folder))
            left = 1000
            prepared(folder, ["b", "c"])
        assert files_of(folder) == files_of(tmp_path / "calm"), "nothing of the first bank is left"
    # The index is copied and removed, table and notes are written, then the index; two files are removed.
    assert found == [["a"], ["a"], None, None, None, ["b", "c"], ["b", "c"]]


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_shards_of_this_and_earlier_releases_are_known_by_name() -> None:
    shards = (
        "face-000012",
        "object_voo-7f3a00-01234567",
        "cofw-000000-89abcdef",
        "hand-0123456789abcdef-01234567",
    )
    assert all(is_shard(f"{name}.tar") for name in shards)
    others = ("train-object-000012", "face-12", "face-7F3A00", "face-000012-0123", "faces-000012", "realocc")
    assert not any(is_shard(f"{name}.tar") for name in others)
