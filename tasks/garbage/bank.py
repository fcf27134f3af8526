"""What nothing refers to in a bank."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from assets.bank.reader import Bank
from assets.bank.writer import FORMER_INDEX, is_shard
from natocc.files.clutter import is_clutter
from natocc.occluders.bank_files import BANK_INDEX, BANK_TABLE
from shards import storage
from shards.lock import LOCK_FILE, find_holder
from shards.remote.upload import PARTIAL
from tasks.garbage.leftover import FolderView, Leftover
from tasks.prepare.cofw import COFW_TABLE
from tasks.prepare.records import FOLDER, read_record
from tasks.prepare.report import PROBLEMS

_OWN = (BANK_INDEX, BANK_TABLE, PROBLEMS, COFW_TABLE, FOLDER)


def find_in_bank(view: FolderView, name: str | None = None) -> tuple[list[Leftover], int]:
    """Leftovers of a bank, of one ``name`` in it if that is given, and how many names are of others.

    In a bank without its index, which a preparation has not finished, only temporary files are left over.
    Raises BadBank for a damaged index.
    """
    whole = storage.exists(storage.join(view.url, BANK_INDEX))
    listed = frozenset(Bank(view.url).index["files"]) if whole else None
    found: list[Leftover] = []
    others = 0
    for one in storage.list_names(view.url) if name is None else [name]:
        # It may go while it is looked at.
        with suppress(FileNotFoundError):
            known = _judge(view, one, listed)
            others += known is None
            found += known or ()
    return found, others


def _judge(view: FolderView, name: str, listed: frozenset[str] | None) -> list[Leftover] | None:
    """What of this name is left over; None if it is of others."""
    if name.startswith(PARTIAL):
        return [view.leftover(name, "a temporary file", LOCK_FILE)]
    if name == LOCK_FILE:
        held = name != view.held and find_holder(view.url, name)
        return [] if held else [view.leftover(name, "the lock of a dead run", name)]
    if name == FOLDER:
        return [] if listed is None else list(_records(view, listed))
    if name == FORMER_INDEX:
        return [] if listed is None else [view.leftover(name, "the index of an earlier bank", LOCK_FILE)]
    if is_shard(name) and listed is not None and name not in listed:
        return [view.leftover(name, "a shard that the bank does not list", LOCK_FILE, unfinished=True)]
    known = name in _OWN or is_shard(name) or is_clutter(name) or (listed is not None and name in listed)
    return [] if known else None


def _records(view: FolderView, listed: frozenset[str]) -> Iterator[Leftover]:
    """Temporary files among the records, and records of shards that neither lie here nor are listed."""
    there = frozenset(storage.list_names(view.url))
    for one in storage.list_names(storage.join(view.url, FOLDER)):
        if one.startswith(PARTIAL):
            yield view.leftover(f"{FOLDER}/{one}", "a temporary file", LOCK_FILE)
        elif one.endswith(".json"):
            record = read_record(view.url, one.removesuffix(".json"))
            if record is not None and record.size and record.file not in listed | there:
                yield view.leftover(f"{FOLDER}/{one}", "the record of a missing shard", LOCK_FILE)
