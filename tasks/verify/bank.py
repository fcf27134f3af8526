"""Verifying a bank: hashes of its files, then leaks between its splits."""

from __future__ import annotations

from collections.abc import Iterator

from assets.bank.reader import Bank, Entry
from assets.bank.writer import is_shard
from manifests.dataset import DATASET_INDEX
from natocc.document import BadDocument
from natocc.kinds import ENTRY_KINDS
from natocc.occluders.bank_files import BANK_FORMAT, BANK_INDEX, BANK_TABLE, REPAIR_BANK, BadBank
from shards import storage
from shards.document import read_document
from tasks.history.gone import resolve_readable
from tasks.partition.leaks import find_leaks
from tasks.prepare.records import FOLDER as RECORDS
from tasks.prepare.records import damaged_records
from tasks.progress import OnProgress, ignore_progress, tracked
from tasks.verify.files import unreadable_file


def is_bank(url: str) -> bool:
    """Return whether the URL is a bank.

    Raises FileNotFoundError for an unfinished bank, FileExistsError for a bank and a version in one folder.
    """
    if storage.exists(storage.join(url, BANK_INDEX)):
        if storage.exists(storage.join(url, DATASET_INDEX)):
            raise FileExistsError(
                f"{url}: expected a bank or a version, got both ({BANK_INDEX} and {DATASET_INDEX}); "
                "move the files of one of them away, and make it again elsewhere"
            )
        return True
    if storage.exists(storage.join(url, BANK_TABLE)):
        raise FileNotFoundError(
            f"{url}: expected a bank, got an unfinished one; run the same `natocc prepare` again"
        )
    return False


def bank_or_version(url: str) -> str | None:
    """None for a bank, else the URL of the version, as ``resolve_readable`` finds it.

    Raises FileNotFoundError, with what lies there, if it is none of bank, version and dataset.
    """
    return None if is_bank(url) else resolve_readable(url, alternative=f"a bank ({BANK_INDEX}), ")


def verify_bank(url: str, on_progress: OnProgress = ignore_progress) -> tuple[dict[str, int], list[str]]:
    """Entries by kind, and all findings; none for a sound bank.

    Leaks are checked only if all files are intact. ``on_progress`` counts files. Raises MissingDocument if
    there is no bank, BadDocument for a bank of another schema.
    """
    try:
        index = read_document(storage.join(url, BANK_INDEX), BANK_FORMAT)
    except BadDocument as error:
        if error.problem != "damaged":
            raise
        return {}, [str(error)]
    damaged = list(_damage(url, index["files"], on_progress))
    damaged += [
        f"{RECORDS}/{name}: expected a whole record, got a damaged one" for name in damaged_records(url)
    ]
    advice = REPAIR_BANK.replace("{folder}", url)
    findings = [f"{finding}; {advice}" for finding in damaged]
    findings += [_stray(name) for name in _strays(url, index["files"])]
    return index["counts"], findings or find_leaks(Bank(url))


def _strays(url: str, expected: dict[str, str]) -> list[str]:
    """Names in the folder that are not the bank's, without clutter."""
    return sorted(set(storage.list_names(url, data_alone=True)) - {BANK_INDEX, RECORDS} - expected.keys())


def _stray(name: str) -> str:
    """The finding for a file that is not the bank's."""
    if is_shard(name):
        return (
            f"{name}: not listed in {BANK_INDEX}, left by a `natocc prepare` that did not end; run it again, "
            "or remove the file"
        )
    return f"{name}: not listed in {BANK_INDEX}; remove it"


def _damage(url: str, expected: dict[str, str], on_progress: OnProgress) -> Iterator[str]:
    existing = set(storage.list_names(url))
    for name in sorted(expected.keys() - existing):
        yield f"{name}: expected by {BANK_INDEX}, missing"
    present = sorted(existing & expected.keys())
    for name in tracked(present, on_progress, len(present)):
        try:
            found = storage.sha256_of(storage.join(url, name))
        except OSError as error:
            yield unreadable_file(name, error)
            continue
        if found != expected[name]:
            damaged = _damaged_entries(url, name)
            yield f"{name}: expected sha256 {expected[name]}, got {found}{damaged}"


def _damaged_entries(url: str, shard: str) -> str:
    """The entries of a damaged shard whose members differ, as the end of a finding."""
    try:
        bank = Bank(url)
    except (BadBank, BadDocument):
        return ""
    entries = [entry for kind in ENTRY_KINDS for entry in bank.entries(kind) if entry.shard == shard]
    damaged = [f"{entry.kind} {entry.id}" for entry in entries if not _is_readable(bank, entry)]
    if not entries or not damaged:
        return ""
    more = f" and {len(damaged) - 3} more" if len(damaged) > 3 else ""
    return f"; damaged: {', '.join(damaged[:3])}{more}"


def _is_readable(bank: Bank, entry: Entry) -> bool:
    try:
        bank.read(entry)
    except BadBank:
        return False
    return True
