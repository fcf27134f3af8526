from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import fsspec
import pytest

from assets.bank.reader import Bank
from natocc.kinds import ENTRY_KINDS
from natocc.occluders.bank_files import arrow_table, read_entries, read_members, read_span


def test_the_library_reads_what_the_pipeline_does(bank_url: str) -> None:
    entries, bank = read_entries(bank_url), Bank(bank_url)
    assert [(entry.kind, entry.id, entry.split) for entry in entries] == [
        (entry.kind, entry.id, entry.split) for kind in ENTRY_KINDS for entry in bank.entries(kind)
    ]
    for entry, same in zip(entries, (one for kind in ENTRY_KINDS for one in bank.entries(kind)), strict=True):
        assert read_members(bank_url, entry, same.members) == bank.read(same)
    assert set(read_members(bank_url, entries[0], ("jpg", "no_such"))) == {"jpg"}


def test_a_span_beyond_the_end_is_said_not_shortened(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"0123456789")
    url = str(tmp_path / "a.bin")
    assert read_span(url, 2, 5) == b"23456"
    with pytest.raises(ValueError, match=r"a\.bin: expected 5 bytes from 7, got 3; the file was cut short"):
        read_span(url, 7, 5)


def test_a_span_of_a_url() -> None:
    with fsspec.open("memory://bank_files/a.bin", "wb") as stream:
        stream.write(b"0123456789")
    assert read_span("memory://bank_files/a.bin", 3, 4) == b"3456"
    with pytest.raises(ValueError, match="got 2; the file was cut short"):
        read_span("memory://bank_files/a.bin", 8, 4)


def test_no_bank_and_no_table_are_told(tmp_path: Path) -> None:
    with pytest.raises(
        FileNotFoundError, match=r"expected a bank \(bank.json and entries.parquet in it\), found none"
    ):
        read_entries(str(tmp_path))
    # As a preparation leaves it that was cut off: no index, so no bank, whatever the table says.
    (tmp_path / "entries.parquet").write_bytes(b"")
    with pytest.raises(FileNotFoundError, match="expected a bank"):
        read_entries(str(tmp_path))
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
        read_entries(bank_url)


def test_a_bucket_without_its_library_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    def lacking(url: str) -> None:
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr(fsspec.core, "url_to_fs", lacking)
    with pytest.raises(ModuleNotFoundError, match=r"Install s3fs .* 'natocc\[bank,storage\]'"):
        read_entries("s3://bucket/bank")
