"""The file of a lock: taken and let go, whoever made it."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
from pathlib import Path

from natocc.files.read import what_is

# What a file system without locks answers.
NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS)
# A link is not followed, and a pipe's other end is not waited for.
_FLAGS = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
# What opening a link, a folder and a pipe or socket answers.
_NO_FILE = (errno.ELOOP, errno.EISDIR, errno.ENXIO)


def try_lock(path: Path) -> int | None:
    """The open and locked file; None if another process holds it."""
    while True:
        handle = _open(path)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_usable(path, handle):
                return handle
            os.close(handle)
        except OSError as error:
            if error.errno in NO_LOCKS:
                release(path, handle)
                raise
            os.close(handle)
            # NFS locks only what is open for writing: another user's file may be held.
            if isinstance(error, BlockingIOError) or error.errno == errno.EBADF:
                return None
            raise


def is_held(path: Path) -> bool:
    """Whether a process holds the lock, or nobody can tell. Nothing is made or changed."""
    try:
        handle = os.open(path, os.O_RDONLY | _FLAGS)
    except OSError as error:
        return error.errno not in (errno.ENOENT, errno.ENOTDIR)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def _open(path: Path) -> int:
    """The open file, which is made if it is missing; to read alone if it is another user's.

    Raises OSError for what is no regular file: a link's target is never opened, a pipe never waited for.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | _FLAGS, 0o644)
    except PermissionError:
        if not can_write(path.parent):
            raise
        return _regular(path, os.open(path, os.O_RDONLY | _FLAGS))
    except OSError as error:
        if error.errno not in _NO_FILE or not os.path.lexists(path):
            raise
        raise _unfit(path) from error
    handle = _regular(path, handle)
    # Whoever may write the folder may write its lock.
    with contextlib.suppress(OSError):
        os.fchmod(handle, 0o644 | path.parent.stat().st_mode & 0o022)
    return handle


def _regular(path: Path, handle: int) -> int:
    """The handle of a regular file with one name; a hard link's other name would be overwritten too."""
    status = os.fstat(handle)
    if stat.S_ISREG(status.st_mode) and status.st_nlink <= 1:
        return handle
    os.close(handle)
    raise _unfit(path)


def _unfit(path: Path) -> OSError:
    found = "a link" if path.is_symlink() or path.is_file() else what_is(path)
    return OSError(
        f"{path}: expected the file of a lock or nothing, got {found}; remove it, and run "
        "the same command again"
    )


def _is_usable(path: Path, handle: int) -> bool:
    """Whether this locked file is the folder's lock. What its last holder wrote is removed."""
    # A holder removes its file before it lets go.
    if not os.fstat(handle).st_nlink:
        return False
    with contextlib.suppress(OSError):
        os.ftruncate(handle, 0)
        return True
    # Another user's, open to read alone: one's own takes its place, where it may be removed.
    try:
        path.unlink()
    except PermissionError:
        return True
    return False


def release(path: Path, handle: int) -> None:
    """Remove the file and let go. If it was removed by hand, the file of another holder may lie there."""
    with contextlib.suppress(OSError):
        if os.path.samestat(os.fstat(handle), path.stat()):
            path.unlink()
    os.close(handle)


def can_write(folder: Path) -> bool:
    """Whether this user may make files in the folder."""
    return os.access(folder, os.W_OK, effective_ids=True)
