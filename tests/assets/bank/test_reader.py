from __future__ import annotations

from pathlib import Path

import pytest

from assets.bank.reader import Bank, content_sha256
from assets.bank.writer import BankWriter
from shards import storage
from shards.tar import TarWriter, add_sample
from tests.bank_entries import entry, write


def test_written_entries_are_read_in_order_of_ids(tmp_path: Path) -> None:
    writer = BankWriter(str(tmp_path))
    for name in ("b", "a"):
        writer.add(entry(name, person="ada"), {"jpg": name.encode(), "json": b"{}"})
    writer.add(entry("h", "hand"), {"jpg": b"hand"})
    writer.close(upscaler="lanczos", moved_to_test=3)
    bank = Bank(str(tmp_path))
    assert [one.id for one in bank.entries("face")] == ["a", "b"]
    assert bank.entries("texture") == ()
    assert bank.read(bank.entries("face")[1]) == {"jpg": b"b", "json": b"{}"}
    assert bank.read(bank.entries("hand")[0]) == {"jpg": b"hand"}
    assert bank.entries("face")[0].person == "ada"
    assert bank.entries("face")[0].sha256 == content_sha256({"jpg": b"a", "json": b"{}"})
    assert bank.index["counts"] == {"face": 2, "object": 0, "hand": 1, "texture": 0}
    assert bank.index["moved_to_test"] == 3


def test_metadata_is_the_entry_s_json_and_empty_where_there_is_none(tmp_path: Path) -> None:
    writer = BankWriter(str(tmp_path))
    for name, members in {
        "a": {"jpg": b"a", "json": '{"mask": "policy", "who": "Zoë"}'.encode()},
        "b": {"jpg": b"b"},
        "c": {"json": b"[1]"},
        "d": {"json": b"{"},
    }.items():
        writer.add(entry(name), members)
    writer.close()
    bank = Bank(str(tmp_path))
    first, *others, damaged = bank.entries("face")
    assert bank.metadata(first) == {"mask": "policy", "who": "Zoë"}
    assert [bank.metadata(other) for other in others] == [{}, {}]
    with pytest.raises(ValueError, match="Expecting property name"):
        bank.metadata(damaged)


def test_metadata_is_read_without_the_pictures(tmp_path: Path) -> None:
    writer = BankWriter(str(tmp_path))
    writer.add(entry("a"), {"json": b'{"side": 1}', "jpg": b"a" * 10_000})
    writer.close()
    bank = Bank(str(tmp_path))
    # What follows the json in the tar is gone: whoever reads the picture fails.
    tar = tmp_path / "face-000000.tar"
    tar.write_bytes(tar.read_bytes()[: bank.entries("face")[0].members["jpg"].offset])
    assert bank.metadata(bank.entries("face")[0]) == {"side": 1}
    with pytest.raises(ValueError, match="cut short"):
        bank.read(bank.entries("face")[0])


def test_really_occluded_faces_are_read_from_the_shards_in_the_index(tmp_path: Path) -> None:
    bank = write(tmp_path, ["a"])
    assert list(bank.evaluated()) == []
    with storage.write_whole(str(tmp_path / "realocc-000000.tar")) as stream:
        writer = TarWriter(stream)
        add_sample(writer, "x1", {"jpg": b"x", "json": b'{"photo": "p"}'})
        writer.close()
    bank.index["evaluation"] = {
        "datasets": {"RealOcc": {"file": "realocc-000000.tar"}, "COFW": {"file": None}}
    }
    assert list(bank.evaluated()) == [("RealOcc", "x1", {"photo": "p"})]
    bank.index["evaluation"]["datasets"]["COFW"]["file"] = "absent.tar"
    with pytest.raises(FileNotFoundError):
        list(bank.evaluated())
