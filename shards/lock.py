"""One writer at a time: locks of folders, which name their holders."""

from __future__ import annotations

import contextlib
import errno
import inspect
import json
import logging
import os
import re
import shlex
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from natocc.files.show import one_line
from shards import storage
from shards.local_file import make_folders
from shards.lock_file import NO_LOCKS, can_write, release, try_lock
from shards.temporary import remove_abandoned

P = ParamSpec("P")
R = TypeVar("R")

LOCK_FILE = ".lock"
_PAUSE = 0.2
# How long a new holder may take to write its name, in parts of a pause; and how often a folder is made again
# that another run has removed.
_TRIES = 5
_LONGEST_COMMAND = 200
_READ_ONLY = (errno.EACCES, errno.EPERM, errno.EROFS)
_warned: set[str] = set()


class InUse(RuntimeError):
    """Another process writes there. The message names it."""


@contextmanager
def lock(url: str, *, wait: bool = False, name: str = LOCK_FILE) -> Iterator[None]:
    """Hold the lock of a folder, which is made if it is missing; readers need none.

    The lock is the file ``name`` in the folder, locked by the system: it is free once its holder has ended,
    however that was. Temporary files of dead writers in the folder and those directly below are removed.

    Raises InUse if another process holds it; with ``wait``, waits until it is free. A folder that this user
    can't write needs no lock. For buckets, and for file systems without locks, one warning says that there is
    none.
    """
    folder = storage.local_path(url)
    if folder is None:
        _warn_once(f"{url}: nothing prevents two runs from writing here at once; run one at a time")
        yield
        return
    made: list[Path] = []
    handle = None
    try:
        handle = _acquire(folder / name, url, made, wait=wait)
        for place in (folder, *(path for path in folder.iterdir() if path.is_dir())):
            remove_abandoned(place)
        yield
    finally:
        if handle is not None:
            release(folder / name, handle)
        for path in made:
            # A folder that nothing was written to.
            with contextlib.suppress(OSError):
                path.rmdir()


@contextmanager
def lock_if_free(url: str, name: str = LOCK_FILE) -> Iterator[bool]:
    """Hold the lock of a local folder if nobody has it; yields whether it is held.

    It is not where the lock can't be taken: no locks in the file system, another user's file, no such folder.
    """
    folder, handle = storage.local_path(url), None
    if folder is not None:
        with contextlib.suppress(OSError):
            handle = try_lock(folder / name)
    try:
        yield handle is not None
    finally:
        if folder is not None and handle is not None:
            release(folder / name, handle)


def one_writer(folder: str, *, below: str = "") -> Callable[[Callable[P, R]], Callable[P, R]]:
    """The function holds the lock of the folder that its parameter of this name gives, or of one ``below``.

    With a parameter ``wait`` it waits for another writer where that is true; otherwise it raises InUse.
    """

    def locking(function: Callable[P, R]) -> Callable[P, R]:
        parameters = inspect.signature(function)

        @wraps(function)
        def locked(*args: P.args, **kwargs: P.kwargs) -> R:
            given = parameters.bind(*args, **kwargs)
            given.apply_defaults()
            url = str(given.arguments[folder])
            place = storage.join(url, below) if below else url
            with lock(place, wait=given.arguments.get("wait", False)):
                return function(*args, **kwargs)

        return locked

    return locking


def _make(folder: Path) -> list[Path]:
    """Make the folder and its parents; returns those that were missing, the innermost first."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    make_folders(folder)
    return missing


def _acquire(path: Path, url: str, made: list[Path], *, wait: bool) -> int | None:
    """The locked file; None where there can be no lock. Folders that it makes are added to ``made``."""
    named = ""
    while True:
        try:
            handle = _try_in_folder(path, made)
        except OSError as error:
            _accept_no_lock(error, path, url)
            return None
        if handle is not None:
            # On a full disk, or in another user's file, the lock holds without its holder's name.
            with contextlib.suppress(OSError):
                os.write(handle, json.dumps(_describe_self()).encode())
            return handle
        holder = _holder(path)
        if not wait:
            raise InUse(
                f"{url}: expected no other run that writes here, got {holder}; "
                "wait for it with --wait, or run again later"
            )
        if holder != named:
            logging.getLogger("natocc").warning("%s: waiting for %s", one_line(url, None), holder)
            named = holder
        time.sleep(_PAUSE)


def _accept_no_lock(error: OSError, path: Path, url: str) -> None:
    """Raise the error unless it means that the folder has no lock, or needs none."""
    if error.errno in NO_LOCKS:
        _warn_once(f"{url}: its file system has no locks; run one writer at a time")
        return
    if error.errno not in _READ_ONLY:
        raise error
    if can_write(path.parent):
        raise PermissionError(
            f"{path}: expected a lock that can be read, got another user's that can't; wait until that run "
            "has ended, then remove the file"
        ) from error


def _try_in_folder(path: Path, made: list[Path]) -> int | None:
    """``try_lock`` in a folder that is made if it is missing, and again if another run removed it."""
    for _ in range(_TRIES):
        with contextlib.suppress(FileNotFoundError):
            made.extend(_make(path.parent))
            return try_lock(path)
    made.extend(_make(path.parent))
    return try_lock(path)


def _describe_self() -> dict[str, object]:
    program = Path(sys.argv[0] or "python")
    program = program.parent if program.name == "__main__.py" else program
    command = shlex.join([program.name, *sys.argv[1:]])
    return {
        "host": socket.gethostname(),
        "pid": os.getpid(),
        # Without the password of a URL.
        "command": re.sub(r"//[^/\s@]+@", "//", command)[:_LONGEST_COMMAND],
        "since": datetime.now().astimezone().isoformat(timespec="seconds"),
    }


def _holder(path: Path) -> str:
    """The holder in words."""
    for _ in range(_TRIES):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            row = json.loads(path.read_text(encoding="utf-8"))
            # Anyone who may write the folder may have written this.
            command = one_line(row["command"], _LONGEST_COMMAND)
            pid, host, since = (one_line(row[name]) for name in ("pid", "host", "since"))
            return f"`{command}` (process {pid} on {host}, since {since})"
        time.sleep(_PAUSE / _TRIES)
    return "another process"


def _warn_once(line: str) -> None:
    if line not in _warned:
        _warned.add(line)
        logging.getLogger("natocc").warning("%s", one_line(line, None))
