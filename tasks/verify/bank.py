"""Verifying a bank: hashes of its files, then leaks between its splits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from assets.bank.reader import Bank
from manifests.dataset import resolve_version
from natocc.occluders.bank_files import BANK_INDEX, BANK_TABLE
from shards import storage
from tasks.partition.leaks import find_leaks
from tasks.prepare.records import FOLDER as RECORDS
from tasks.progress import OnProgress, ignore_progress, tracked


def is_bank(url: str) -> bool:
    """Return whether the URL is a bank. Raises FileNotFoundError for an unfinished bank."""
    if storage.exists(storage.join(url, BANK_INDEX)):
        return True
    if storage.exists(storage.join(url, BANK_TABLE)):
        raise FileNotFoundError(
            f"{url}: expected a bank, got an unfinished one; run the same `natocc prepare` again"
        )
    return False


def bank_or_version(url: str) -> str | None:
    """None for a bank, else the URL of the version, as ``resolve_version`` finds it.

    Raises FileNotFoundError, with what lies there, if it is none of bank, version and dataset.
    """
    return None if is_bank(url) else resolve_version(url, alternative=f"a bank ({BANK_INDEX}), ")


def verify_bank(url: str, on_progress: OnProgress = ignore_progress) -> tuple[dict[str, int], list[str]]:
    """Entries by kind, and all findings; none for a sound bank.

    Leaks are checked only if all files are intact. ``on_progress`` counts files. Raises FileNotFoundError if
    there is no bank.
    """
    index: dict[str, Any] = json.loads(storage.read_bytes(storage.join(url, BANK_INDEX)))
    findings = list(_file_findings(url, index["files"], on_progress))
    return index["counts"], findings or find_leaks(Bank(url))


def _file_findings(url: str, expected: dict[str, str], on_progress: OnProgress) -> Iterator[str]:
    existing = {name for name in storage.list_names(url) if not name.startswith(".")}
    existing -= {BANK_INDEX, RECORDS}
    for name in sorted(expected.keys() - existing):
        yield f"{name}: expected by {BANK_INDEX}, missing"
    for name in sorted(existing - expected.keys()):
        yield f"{name}: not listed in {BANK_INDEX}"
    present = sorted(existing & expected.keys())
    for name in tracked(present, on_progress, len(present)):
        if (found := storage.sha256_of(storage.join(url, name))) != expected[name]:
            yield f"{name}: expected sha256 {expected[name]}, got {found}"
