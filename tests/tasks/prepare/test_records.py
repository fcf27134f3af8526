from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from assets.problems import Problem
from shards.storage import sha256_bytes
from tasks.prepare.fingerprints import mark_of
from tasks.prepare.records import (
    Record,
    damaged_records,
    drop_records,
    holds,
    read_record,
    write_record,
)
from tests.bank_entries import flip_bit

DATA = b"a shard"


@pytest.fixture
def record(tmp_path: Path) -> Record:
    """The record of a shard that lies in ``bank``, made of one file in ``raw``."""
    for folder in ("raw", "bank"):
        (tmp_path / folder).mkdir()
    (tmp_path / "raw/a.jpg").write_bytes(b"a photograph")
    (tmp_path / "bank/face-000000.tar").write_bytes(DATA)
    return Record(
        key="key",
        inputs={"a.jpg": mark_of(tmp_path / "raw/a.jpg")},
        entries=(),
        problems=(Problem(path="a.jpg", expected="one", got="another", action="converted"),),
        file="face-000000.tar",
        size=len(DATA),
        sha256=sha256_bytes(DATA),
        counted={"lanczos": 1},
    )


def is_kept(record: Record, tmp_path: Path, *, key: str = "key", reread: bool = False) -> bool:
    return holds(record, key, tmp_path / "raw", str(tmp_path / "bank"), reread=reread)


def test_a_record_is_read_as_it_was_written(record: Record, tmp_path: Path) -> None:
    write_record(str(tmp_path / "bank"), "face-000000", record)
    assert read_record(str(tmp_path / "bank"), "face-000000") == record
    assert read_record(str(tmp_path / "bank"), "face-000001") is None


@pytest.mark.parametrize("text", ["", "{}", "no json", '{"key": "key"}', '{"sha256":"","record":{}}'])
def test_a_damaged_record_counts_as_none(text: str, record: Record, tmp_path: Path) -> None:
    write_record(str(tmp_path / "bank"), "face-000000", record)
    (tmp_path / "bank/records/face-000000.json").write_text(text)
    assert read_record(str(tmp_path / "bank"), "face-000000") is None


def test_what_cannot_be_read_is_made_again(record: Record, tmp_path: Path) -> None:
    (tmp_path / "bank/records/face-000000.json").mkdir(parents=True)
    assert read_record(str(tmp_path / "bank"), "face-000000") is None
    assert damaged_records(str(tmp_path / "bank")) == ["face-000000.json"]
    shard = tmp_path / "bank/face-000000.tar"
    shard.unlink()
    shard.mkdir()
    assert not is_kept(replace(record, size=shard.stat().st_size), tmp_path)


def test_an_unchanged_shard_is_kept(record: Record, tmp_path: Path) -> None:
    assert is_kept(record, tmp_path) and is_kept(record, tmp_path, reread=True)
    assert not is_kept(record, tmp_path, key="another")


def test_a_shard_whose_file_is_gone_or_of_another_size_is_made_again(record: Record, tmp_path: Path) -> None:
    (tmp_path / "bank/face-000000.tar").write_bytes(DATA + b"!")
    assert not is_kept(record, tmp_path)
    (tmp_path / "bank/face-000000.tar").unlink()
    assert not is_kept(record, tmp_path)
    assert is_kept(replace(record, size=0), tmp_path), "no entry, so no file"


def test_every_flipped_bit_of_a_record_is_found(record: Record, tmp_path: Path) -> None:
    write_record(str(tmp_path / "bank"), "face-000000", record)
    path = tmp_path / "bank/records/face-000000.json"
    assert damaged_records(str(tmp_path / "bank")) == []
    data = path.read_bytes()
    for bit in range(0, 8 * len(data), 3):
        path.write_bytes(data)
        flip_bit(path, bit // 8, bit % 8)
        assert read_record(str(tmp_path / "bank"), "face-000000") is None, bit
    assert damaged_records(str(tmp_path / "bank")) == ["face-000000.json"]


def test_a_shard_with_another_content_of_the_same_size_and_time_is_made_again(
    record: Record, tmp_path: Path
) -> None:
    path = tmp_path / "bank/face-000000.tar"
    times = path.stat().st_atime_ns, path.stat().st_mtime_ns
    path.write_bytes(DATA[::-1])
    os.utime(path, ns=times)
    assert not is_kept(record, tmp_path)


def test_an_input_with_another_content_of_the_same_size_and_time_is_found_by_rereading(
    record: Record, tmp_path: Path
) -> None:
    path = tmp_path / "raw/a.jpg"
    times = path.stat().st_atime_ns, path.stat().st_mtime_ns
    path.write_bytes(path.read_bytes()[::-1])
    os.utime(path, ns=times)
    assert is_kept(record, tmp_path) and not is_kept(record, tmp_path, reread=True)


def test_a_changed_or_unreadable_input_makes_the_shard_again(record: Record, tmp_path: Path) -> None:
    (tmp_path / "raw/a.jpg").write_bytes(b"b photograph!")
    assert not is_kept(record, tmp_path)
    assert not is_kept(replace(record, inputs={"a.jpg": None}), tmp_path)


def test_records_of_shards_that_are_gone_are_removed(record: Record, tmp_path: Path) -> None:
    bank = str(tmp_path / "bank")
    for name in ("face-000000", "face-000001", "hand-000000"):
        write_record(bank, name, record)
    drop_records(bank, frozenset({"face-000000", "object-000000"}))
    assert [path.name for path in (tmp_path / "bank/records").iterdir()] == ["face-000000.json"]
