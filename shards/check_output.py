"""Whether a job can write where it is told to, tried before the work."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from fsspec import AbstractFileSystem

from shards.remote.filesystem import is_object_store, open_filesystem
from shards.remote.upload import try_upload
from shards.storage import connect, is_local
from shards.temporary import new_temporary

# Enough to need a block of a disk.
_TRIED = bytes(4096)
# Another job that tries a neighbouring folder may remove a parent again.
_TRIES = 3


def check_folder(url: str) -> None:
    """Raise OSError unless files can be written below ``url``, an existing folder or one to be made.

    A file is written and removed again, with the folders that were made for it. In an object store an upload
    is begun and discarded. Nothing is left behind, and what a dead writer left in the folder goes.
    """
    if is_local(url):
        _check_local_folder(Path(open_filesystem(str(url))[1]), str(url))
        return
    with connect(url) as (filesystem, path):
        above = _above(filesystem, path)
        if not is_object_store(filesystem):
            path = next((part for part in above if filesystem.isdir(part)), path)
        try_upload(filesystem, path)
        if file := next((part for part in above if filesystem.isfile(part)), None):
            raise NotADirectoryError(f"{url}: expected a folder, got a file ({file}); name another folder")


def check_file(url: str) -> None:
    """Raise OSError unless a file can be written at ``url``. Nothing is left behind."""
    with connect(url) as (filesystem, path):
        if filesystem.isdir(path):
            raise IsADirectoryError(f"{url}: expected a file to write, got a folder; name a file in it")
    folder, _, name = str(url).rpartition("/")
    if not name:
        raise IsADirectoryError(f"{url}: expected a file to write, got a folder; name a file in it")
    check_folder(folder or ("/" if url.startswith("/") else "."))


def _check_local_folder(folder: Path, url: str) -> None:
    for tries_left in reversed(range(_TRIES)):
        try:
            _write_and_remove(folder)
        except FileNotFoundError as error:
            if not tries_left:
                raise _refused(error, folder, url) from error
        except OSError as error:
            raise _refused(error, folder, url) from error
        else:
            return


def _write_and_remove(folder: Path) -> None:
    made: list[Path] = []
    try:
        for parent in (*reversed(folder.parents), folder):
            if not parent.is_dir():
                made += [parent] if _make(parent) else []
        handle, tried = new_temporary(folder)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(_TRIED)
        finally:
            tried.unlink(missing_ok=True)
    finally:
        for parent in reversed(made):
            with suppress(OSError):
                parent.rmdir()


def _make(folder: Path) -> bool:
    """Make the folder; returns False if another job has just done so."""
    try:
        folder.mkdir()
    except FileExistsError:
        # That job may have removed it again, too: then writing into it fails and is tried again.
        if folder.exists() and not folder.is_dir():
            raise
        return False
    return True


def _refused(error: OSError, folder: Path, url: str) -> OSError:
    above = (folder, *folder.parents)
    blocking = next((path for path in above if os.path.exists(path) and not os.path.isdir(path)), None)  # noqa: PTH110, PTH112
    if blocking is not None:
        return NotADirectoryError(f"{url}: expected a folder, got a file ({blocking}); name another folder")
    kind = type(error)
    return kind(
        f"{url}: expected a folder that can be written, got an error ({error.strerror}); change its rights, "
        "make room, or name another folder"
    )


def _above(filesystem: AbstractFileSystem, path: str) -> list[str]:
    """The path and the folders above it, the path first; of an object store without the bucket."""
    parts = path.rstrip("/").split("/")
    least = 1 if is_object_store(filesystem) else 0
    return ["/".join(parts[:count]) for count in range(len(parts), least, -1)]
