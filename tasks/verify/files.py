"""Findings about the files of a version: missing, unlisted, unreadable, or with another hash."""

from __future__ import annotations

from collections.abc import Iterator

from assets.wording import count_of
from manifests.dataset import DATASET_INDEX, Dataset, ShardRecord
from manifests.history import HISTORY, read_history
from natocc.document import BadDocument
from shards import storage


def file_findings(url: str, dataset: Dataset) -> Iterator[str]:
    """Names against the index, and the hashes of all files but shards."""
    existing = set(storage.list_names(url))
    listed = {record.file for record in dataset.shards} | set(dataset.files) | {DATASET_INDEX}
    for name in sorted(listed - existing):
        yield f"{name}: expected by {DATASET_INDEX}, missing"
    for name in sorted(set(storage.list_names(url, data_alone=True)) - listed):
        yield f"{name}: not listed in {DATASET_INDEX}"
    for name, expected in sorted(dataset.files.items()):
        if name in existing:
            yield from hash_findings(url, name, expected)


def shard_file_findings(url: str, record: ShardRecord) -> Iterator[str]:
    """The size and the hash of a shard."""
    try:
        size = storage.size_of(storage.join(url, record.file))
    except OSError as error:
        yield unreadable_file(record.file, error)
        return
    if size != record.bytes:
        yield f"{record.file}: expected {count_of(record.bytes, 'bytes')}, got {size}"
    yield from hash_findings(url, record.file, record.sha256)


def hash_findings(url: str, name: str, expected: str) -> Iterator[str]:
    """The hash of a file."""
    try:
        found = storage.sha256_of(storage.join(url, name))
    except OSError as error:
        yield unreadable_file(name, error)
        return
    if found != expected:
        yield f"{name}: expected sha256 {expected}, got {found}"


def unreadable_file(name: str, error: OSError) -> str:
    """The finding about a file that cannot be read, such as a folder of its name."""
    text = str(error.strerror or error)
    return (
        f"{name}: {text}" if text.startswith("expected") else f"{name}: expected a readable file, got: {text}"
    )


def history_findings(dataset_url: str) -> list[str]:
    """The problem of a dataset's history. Raises BadDocument for that of a later release."""
    try:
        read_history(dataset_url)
    except BadDocument as error:
        if error.problem == "newer":
            raise
        return [str(error)]
    except OSError as error:
        return [unreadable_file(HISTORY, error)]
    return []
