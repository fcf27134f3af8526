"""Local files that survive a crash as a whole: flushed to disk, then renamed, then the folder flushed."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from shards.temporary import new_temporary

# Flushing a folder is not supported everywhere, and needs the right to read it.
_NO_FLUSH = (errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EACCES, errno.EPERM)


@contextmanager
def replace_whole(path: Path, name: Callable[[], str] | None = None) -> Iterator[BinaryIO]:
    """Open a temporary file in the folder of ``path``. It gets the name if the block ends without error.

    With ``name``, ``path`` is the folder, and the file's name is what ``name`` returns at the end.
    """
    folder = path.parent if name is None else path
    make_folders(folder)
    handle, temporary = new_temporary(folder)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
            # While it is open, since another process removes what no writer holds.
            temporary.chmod(0o644)
            path = path if name is None else folder / name()
            temporary.replace(path)
    except IsADirectoryError as error:
        temporary.unlink(missing_ok=True)
        raise IsADirectoryError(
            f"{path}: expected a file or nothing under this name, got a folder; remove it, and run the same "
            "command again"
        ) from error
    except OSError as error:
        temporary.unlink(missing_ok=True)
        # The error for a full disk does not name the file.
        raise error if error.filename else OSError(error.errno, error.strerror, str(path)) from error
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    flush_folder(folder)


def make_folders(folder: Path) -> None:
    """Create the folder and its parents, each with its entry in its own parent on disk."""
    if folder.is_dir():
        return
    if not folder.parent.exists():
        make_folders(folder.parent)
    folder.mkdir(exist_ok=True)
    flush_folder(folder.parent)


def flush_folder(folder: Path) -> None:
    """Flush the names in a folder to disk, so that a later file can't survive a crash without this one."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        if error.errno not in _NO_FLUSH:
            raise
