"""Temporary files beside the files that they become; those of dead writers are removed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import tempfile
from pathlib import Path

from shards.remote.upload import PARTIAL

# Folders in which this process has looked for files of dead writers.
_seen: set[Path] = set()


def new_temporary(folder: Path) -> tuple[int, Path]:
    """An open temporary file. Its writer holds a lock of it while it is open, which shows that it is alive.

    Files of dead writers in this folder are removed when this process writes there for the first time.
    """
    if folder not in _seen:
        _seen.add(folder)
        remove_abandoned(folder)
    while True:
        handle, name = tempfile.mkstemp(dir=folder, prefix=PARTIAL)
        # Some network file systems have no locks.
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        # Another process may have taken the new file for an abandoned one.
        if os.fstat(handle).st_nlink:
            return handle, Path(name)
        os.close(handle)


def remove_abandoned(folder: Path) -> None:
    """Remove temporary files in this folder whose writers are gone."""
    with contextlib.suppress(OSError):
        for entry in list(os.scandir(folder)):
            if entry.name.startswith(PARTIAL):
                _remove_unlocked(Path(entry.path))


def _remove_unlocked(path: Path) -> None:
    """Remove a regular file that nobody locks. A link, a pipe or a folder of this name is no writer's."""
    with contextlib.suppress(OSError):
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            if stat.S_ISREG(os.fstat(handle).st_mode):
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
        finally:
            os.close(handle)
