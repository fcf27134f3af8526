"""How large a file or folder is, and when something in it last changed, by its storage's clock."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path

from shards import storage


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderSize:
    """Number of files, their bytes, and the POSIX time when the last of them was written.

    Without a file, that of the last change of the folder. A removal that was ended is thus no change.
    """

    files: int
    bytes: int
    changed: float


def measure_folder(url: str) -> FolderSize:
    """Measure a file, or a folder with all that lies in it. Raises FileNotFoundError if it is gone."""
    path = storage.local_path(url)
    found = list(_local(path) if path is not None else _remote(url))
    if not found:
        raise FileNotFoundError(f"{url}: expected a file or folder, got none")
    files = [(size, changed) for size, changed, is_file in found if is_file]
    changed = max(time for _, time in files) if files else max(time for _, time, _ in found)
    return FolderSize(files=len(files), bytes=sum(size for size, _ in files), changed=changed)


def storage_time(url: str) -> float:
    """The time now, POSIX, by the clock that dates the files at a URL as far as it tells."""
    if not storage.is_local(url):
        with storage.connect(url) as (filesystem, path):
            if hasattr(filesystem, "call_s3"):
                bucket = path.partition("/")[0]
                answer = filesystem.call_s3("list_objects_v2", Bucket=bucket, MaxKeys=1)
                if date := answer["ResponseMetadata"]["HTTPHeaders"].get("date"):
                    return parsedate_to_datetime(date).timestamp()
    return time.time()


def _local(path: Path) -> Iterator[tuple[int, float, bool]]:
    """Bytes, time of change and whether it is a file, of the path and all below it."""
    yield _stated(path)
    if path.is_symlink() or not path.is_dir():
        return
    for below in path.rglob("*"):
        # A file of a run may go while it is looked for.
        try:
            yield _stated(below)
        except FileNotFoundError:
            continue


def _stated(path: Path) -> tuple[int, float, bool]:
    status = path.lstat()
    return status.st_size, status.st_mtime, path.is_symlink() or not path.is_dir()


def _remote(url: str) -> Iterator[tuple[int, float, bool]]:
    with storage.connect(url) as (filesystem, path):
        for name, found in filesystem.find(path, detail=True).items():
            changed = found.get("LastModified") or filesystem.modified(name)
            yield int(found["size"]), changed.timestamp(), True
