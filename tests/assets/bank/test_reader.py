from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import fsspec
import pytest

from assets.bank.reader import Bank, content_sha256
from assets.bank.writer import BankWriter, close_bank
from natocc.document import BadDocument, encode_document
from natocc.occluders.bank_files import BANK_FORMAT, BadBank
from shards.storage import sha256_bytes
from shards.tar import pack
from tests.bank_entries import entry, flip_bit, write


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
    assert bank.entries("face")[0].sha256 == content_sha256(
        {"jpg": sha256_bytes(b"a"), "json": sha256_bytes(b"{}")}
    )
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
    with pytest.raises(BadBank, match="cut short"):
        bank.read(bank.entries("face")[0])


def test_really_occluded_faces_are_read_from_the_shards_in_the_index(tmp_path: Path) -> None:
    assert list(write(tmp_path / "none", ["a"]).evaluated()) == []
    tar = pack([("x1", {"jpg": b"x", "json": b'{"photo": "p"}'})])
    (tmp_path / "realocc-000000.tar").write_bytes(tar)
    datasets = {"RealOcc": {"file": "realocc-000000.tar"}, "COFW": {"file": None}}
    files = {"realocc-000000.tar": sha256_bytes(tar)}
    close_bank(str(tmp_path), [], files, {}, {"evaluation": {"datasets": datasets}})
    bank = Bank(str(tmp_path))
    assert list(bank.evaluated()) == [("RealOcc", "x1", {"photo": "p"})]
    flip_bit(tmp_path / "realocc-000000.tar", 1536)
    with pytest.raises(BadBank, match=r"realocc-000000\.tar: expected the file with sha256"):
        list(bank.evaluated())
    (tmp_path / "realocc-000000.tar").unlink()
    with pytest.raises(BadBank, match=r"realocc-000000\.tar: expected the file, found no such file"):
        list(bank.evaluated())


def test_a_bank_of_schema_1_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "bank.json").write_text('{"format": "natocc-bank/1", "files": {}, "counts": {"face": 2}}')
    with pytest.raises(BadDocument) as caught:
        Bank(str(tmp_path))
    assert str(caught.value) == (
        f"{tmp_path}/bank.json: expected format natocc-bank/2, got natocc-bank/1 of an earlier release; bring it up "
        f"to date with `natocc prepare --raw DIR --bank {tmp_path}` and the options that it records"
    )


def test_a_bank_of_a_later_schema_names_the_release_that_reads_it(tmp_path: Path) -> None:
    later = encode_document(replace(BANK_FORMAT, schema=3), {"files": {}})
    (tmp_path / "bank.json").write_bytes(later)
    with pytest.raises(
        BadDocument, match=r"got natocc-bank/3, written by natocc .*; use that release or a later one"
    ):
        Bank(str(tmp_path))


def test_a_bank_at_a_url_is_read_and_its_damage_named(tmp_path: Path) -> None:
    write(tmp_path, ["a"])
    remote = fsspec.filesystem("memory")
    remote.put(str(tmp_path), "/bank_reader", recursive=True)
    bank = Bank("memory://bank_reader/")
    (face,) = bank.entries("face")
    assert bank.read(face) == {"jpg": b"a" * 100, "mask.png": b"m"}
    with remote.open("/bank_reader/face-000000.tar", "wb") as stream:
        stream.write(b"0" * 2048)
    with pytest.raises(
        BadBank, match=r"^memory://bank_reader/face-000000\.tar: expected jpg of face a .*is damaged"
    ):
        bank.read(face)
    remote.rm("/bank_reader", recursive=True)
    with pytest.raises(BadBank, match=r"found no such file; the bank was removed or is being prepared again"):
        bank.read(face)
