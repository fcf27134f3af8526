"""The record of a prepared shard and its inputs, so that an unchanged shard is kept."""

from __future__ import annotations

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


_ADAPTER = TypeAdapter(Record)


def write_record(bank: str, name: str, record: Record) -> None:
    storage.write_bytes(_url(bank, name), _ADAPTER.dump_json(record))


def read_record(bank: str, name: str) -> Record | None:
    """The record; None if it is missing or unreadable, so that the shard is made again."""
    if not storage.exists(_url(bank, name)):
        return None
    try:
        return _ADAPTER.validate_json(storage.read_bytes(_url(bank, name)))
    except ValidationError:
        return None


def remove_record(bank: str, name: str) -> None:
    storage.remove(_url(bank, name))


def holds(record: Record, key: str, raw: Path, bank: str, *, reread: bool = False) -> bool:
    """Return whether the record's shard exists and making it again would give the same bytes.

    With ``reread`` the contents of shard and inputs are compared, not only size and time.
    """
    if record.key != key:
        return False
    file = storage.join(bank, record.file)
    if record.size and not (storage.exists(file) and storage.size_of(file) == record.size):
        return False
    if record.size and reread and storage.sha256_of(file) != record.sha256:
        return False
    return all(
        mark is not None and is_unchanged(raw / path, mark, reread=reread)
        for path, mark in record.inputs.items()
    )


def drop_records(bank: str, kept: frozenset[str]) -> None:
    """Remove the records of shards that are no longer in the bank."""
    folder = storage.join(bank, FOLDER)
    for file in storage.list_names(folder):
        if file.removesuffix(".json") not in kept:
            storage.remove(storage.join(folder, file))


def _url(bank: str, name: str) -> str:
    return storage.join(bank, FOLDER, f"{name}.json")
