"""A dataset's folder with leftovers of all kinds, local or in a bucket."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from manifests.dataset import CARD, DATASET_INDEX, MANIFEST, point_latest
from manifests.history import HistoryEntry, write_history
from shards import storage

KEPT = {
    ".building-young/rows/a.json",
    "latest.json",
    "late/dataset.json",
    "newest/dataset.json",
    "newest/a.tar",
    "of-others/notes.txt",
    "older/dataset.json",
    "versions.json",
}
TEMPORARY = {".partial-0", "newest/.partial-1"}
LEFT_OVER = TEMPORARY | {
    ".building-dead/a.tar",
    ".building-dead/rows/a.json",
    "gone/README.md",
    "gone/a.tar",
    "gone/dataset.json",
    "gone/manifest.parquet",
}


def make_dataset(url: str) -> str:
    for name in (KEPT | LEFT_OVER) - TEMPORARY - {"latest.json", "versions.json"}:
        storage.write_bytes(f"{url}/{name}", bytes(1000))
    point_latest(url, "newest")
    now = datetime.now(UTC)
    history = [
        entry("1.0.0", "older"),
        entry("1.1.0", "gone", gone=now - timedelta(minutes=5)),
        entry("1.2.0", "late", gone=now + timedelta(days=5)),
        entry("1.3.0", "newest", gone=now - timedelta(minutes=5)),
    ]
    write_history(url, history)
    add_temporary(url)
    if (path := storage.local_path(url)) is not None:
        make_old(path / ".building-dead", 7.1)
    return url


def add_temporary(url: str) -> None:
    """Files of dead writers, which other writers remove on this machine."""
    for name in TEMPORARY:
        if (path := storage.local_path(url)) is not None:
            (path / name).write_bytes(bytes(1000))
        else:
            storage.write_bytes(f"{url}/{name}", bytes(1000))


def entry(number: str, version: str, gone: datetime | None = None) -> HistoryEntry:
    return HistoryEntry(
        number=number,
        version=version,
        after=None,
        change="first",
        added=0,
        edited=0,
        removed=0,
        moved=0,
        gone=gone and gone.isoformat(timespec="seconds"),
    )


def make_old(folder: Path, days: float) -> None:
    then = time.time() - days * 86400
    for path in (*folder.rglob("*"), folder):
        os.utime(path, (then, then))


def files_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def make_copy(url: str, version: str) -> None:
    """A version in a bucket whose build was killed while it was copied to its place."""
    for name in (CARD, MANIFEST, "train-hand-0.tar"):
        storage.write_bytes(f"{url}/{version}/{name}", b"1")
    assert not storage.exists(f"{url}/{version}/{DATASET_INDEX}")
