"""One writer at a time: locks of folders, which name their holders."""

from __future__ import annotations

import contextlib
import errno
import fcntl
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

from shards import storage
from shards.local_file import make_folders
from shards.temporary import remove_abandoned

P = ParamSpec("P")
R = TypeVar("R")

LOCK_FILE = ".lock"
_PAUSE = 0.2
# How long a new holder may take to write its name, in pauses.
_TRIES = 5
_LONGEST_COMMAND = 200
_READ_ONLY = (errno.EACCES, errno.EPERM, errno.EROFS)
_NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS)
_warned: set[str] = set()


class InUse(RuntimeError):
    """Another process writes there. The message names it."""


@contextmanager
def lock(url: str, *, wait: bool = False, name: str = LOCK_FILE) -> Iterator[None]:
    """Hold the lock of a folder, which is made if it is missing; readers need none.

    The lock is the file ``name`` in the folder, locked by the system: it is free once its holder has ended,
    however that was. Temporary files of dead writers in the folder and those directly below are removed.

    Raises InUse if another process holds it; with ``wait``, waits for that one. A folder that nobody can
    write needs no lock. Elsewhere than on this machine there are no locks yet, which is said once.
    """
    folder = storage.local_path(url)
    if folder is None:
        _warn_once(f"{url}: nothing prevents two runs from writing here at once; run one at a time")
        yield
        return
    made = _make(folder)
    handle = _acquire(folder / name, url, wait=wait)
    try:
        for place in (folder, *(path for path in folder.iterdir() if path.is_dir())):
            remove_abandoned(place)
        yield
    finally:
        if handle is not None:
            (folder / name).unlink(missing_ok=True)
            os.close(handle)
        for path in made:
            # A folder that nothing was written to.
            with contextlib.suppress(OSError):
                path.rmdir()


@contextmanager
def lock_if_free(url: str, name: str = LOCK_FILE) -> Iterator[bool]:
    """Hold the lock of a local folder if nobody has it; yields whether it is held."""
    folder = storage.local_path(url)
    handle = None if folder is None else _try(folder / name)
    try:
        yield handle is not None
    finally:
        if folder is not None and handle is not None:
            (folder / name).unlink(missing_ok=True)
            os.close(handle)


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


def _acquire(path: Path, url: str, *, wait: bool) -> int | None:
    told = ""
    while True:
        try:
            handle = _try(path)
        except OSError as error:
            if error.errno in _NO_LOCKS:
                _warn_once(f"{url}: its file system has no locks; run one writer at a time")
            if error.errno in (*_NO_LOCKS, *_READ_ONLY):
                return None
            raise
        if handle is not None:
            os.write(handle, json.dumps(_describe_self()).encode())
            return handle
        holder = _holder(path)
        if not wait:
            raise InUse(
                f"{url}: expected no other run that writes here, got {holder}; "
                "wait for it with --wait, or run again later"
            )
        if holder != told:
            logging.getLogger("natocc").warning("%s: waiting for %s", url, holder)
            told = holder
        time.sleep(_PAUSE)


def _try(path: Path) -> int | None:
    """The open and locked file; None if another process holds it."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # A holder removes its file before it lets go.
            if os.fstat(handle).st_nlink:
                os.ftruncate(handle, 0)
                return handle
            os.close(handle)
        except BlockingIOError:
            os.close(handle)
            return None
        except BaseException:
            os.close(handle)
            raise


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
            return f"`{row['command']}` (process {row['pid']} on {row['host']}, since {row['since']})"
        time.sleep(_PAUSE / _TRIES)
    return "another process"


def _warn_once(line: str) -> None:
    if line not in _warned:
        _warned.add(line)
        logging.getLogger("natocc").warning("%s", line)
