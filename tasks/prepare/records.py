"""The record of a prepared shard and its inputs, so that an unchanged shard is kept.

A record's file is ``{"sha256":"…","record":{…}}``, with the hash of the bytes of the inner value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from assets.bank.reader import Entry
from assets.problems import Problem
from shards import storage
from tasks.prepare.fingerprints import Mark, is_unchanged

FOLDER = "records"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """``key`` covers code, options and the values of inputs; ``inputs`` are marks of their files, by path."""

    key: str
    inputs: dict[str, Mark | None]
    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]
    file: str  # its name in the bank
    size: int  # in bytes; 0 if there was no entry to write
    sha256: str
    # Counts for the bank's index, by name.
    counted: dict[str, int] = field(default_factory=dict)
    # Why inputs were left out (tasks/prepare/withdrawn/check.py), sorted.
    withdrawn: tuple[tuple[str, str], ...] = ()
    # The entries that were left out; their photographs and persons bind the splits of others.
    former: tuple[Entry, ...] = ()


_ADAPTER = TypeAdapter(Record)
_WRITTEN = re.compile(rb'\{"sha256":"(?P<sha256>[0-9a-f]{64})","record":(?P<record>\{.*\})\}', re.DOTALL)


def write_record(bank: str, name: str, record: Record) -> None:
    storage.write_bytes(_url(bank, name), _encode(record))


def read_record(bank: str, name: str) -> Record | None:
    """The record; None, so that the shard is made again, if it is missing, damaged or of an earlier form."""
    return _read(_url(bank, name))


def damaged_records(bank: str) -> list[str]:
    """Names of files among the records that can't be read or are not as they were written."""
    folder = storage.join(bank, FOLDER)
    names = storage.list_names(folder, data_alone=True)
    return [name for name in names if _read(storage.join(folder, name)) is None]


def _read(url: str) -> Record | None:
    try:
        return _decode(storage.read_bytes(url))
    except OSError:
        return None


def _encode(record: Record) -> bytes:
    data = _ADAPTER.dump_json(record)
    return b'{"sha256":"%b","record":%b}' % (storage.sha256_bytes(data).encode(), data)


def _decode(data: bytes) -> Record | None:
    whole = _WRITTEN.fullmatch(data)
    if whole is None or storage.sha256_bytes(whole["record"]).encode() != whole["sha256"]:
        return None
    try:
        return _ADAPTER.validate_json(whole["record"])
    except ValidationError:
        return None


def holds(record: Record, key: str, raw: Path, bank: str, *, reread: bool = False) -> bool:
    """Return whether the record's shard is sound and making it again would give the same bytes.

    The shard's content is compared. With ``reread`` the inputs' contents are too, not only size and time.
    """
    if record.key != key:
        return False
    unchanged = all(
        mark is not None and is_unchanged(raw / path, mark, reread=reread)
        for path, mark in record.inputs.items()
    )
    return unchanged and (not record.size or _is_sound(storage.join(bank, record.file), record))


def _is_sound(file: str, record: Record) -> bool:
    try:
        return storage.size_of(file) == record.size and storage.sha256_of(file) == record.sha256
    except OSError:
        return False


def drop_records(bank: str, kept: frozenset[str]) -> None:
    """Remove the records of shards that are no longer in the bank."""
    folder = storage.join(bank, FOLDER)
    for file in storage.list_names(folder):
        if file.removesuffix(".json") not in kept:
            storage.remove(storage.join(folder, file))


def _url(bank: str, name: str) -> str:
    return storage.join(bank, FOLDER, f"{name}.json")
