"""Finished files and folders under another name, without their bytes being sent again where possible."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import partial
from pathlib import Path

from shards import storage
from shards.local_file import flush_folder, make_folders
from shards.locking.lease import check_leases
from shards.remote.filesystem import open_filesystem
from shards.remote.upload import copy_on_server


def move_folder(source: str, target: str, *, last: str, without: str = "") -> None:
    """Give a finished folder of files its final name.

    Locally this is one rename. Elsewhere each file is copied, and ``last`` at the end, since its presence
    completes the folder. Then the originals are deleted.

    ``without``: the name of a folder in the source that is not moved. It is deleted as late as possible, so
    that it is still there after an error.
    """
    path, destination = storage.local_path(source), storage.local_path(target)
    if path is not None and destination is not None:
        if without:
            storage.remove(storage.join(source, without))
        path.replace(destination)
        flush_folder(destination.parent)
        return
    names = sorted({*storage.list_names(source)} - {without}, key=lambda name: (name == last, name))
    for name in names:
        _copy_beside(storage.join(source, name), storage.join(target, name))
    for name in [*names, *filter(None, [without])]:
        storage.remove(storage.join(source, name))


def link_or_copy(source: str, target: str) -> None:
    """Give a finished file a second name: a hard link on a file system, else a copy.

    A file of the name ``target`` is replaced. Raises OSError.
    """
    path, new = storage.local_path(source), storage.local_path(target)
    if path is None or new is None:
        _copy_beside(source, target)
    elif not _linked(path, new):
        storage.copy(source, target)


def _linked(path: Path, new: Path) -> bool:
    """Whether the file could be linked, which takes one file system that has hard links."""
    if path.is_symlink() or not path.is_file():
        return False
    make_folders(new.parent)
    new.unlink(missing_ok=True)
    with suppress(OSError):
        os.link(path, new)
        flush_folder(new.parent)
        return True
    return False


def _copy_beside(source: str, target: str) -> None:
    """Copy by the storage's server if both paths are on one and it can."""
    held = partial(check_leases, target)
    filesystem, path = open_filesystem(target)
    with storage.connect(source) as (from_filesystem, from_path), suppress(NotImplementedError):
        if filesystem is from_filesystem:
            copy_on_server(filesystem, from_path, path, held)
            return
    storage.copy(source, target)
