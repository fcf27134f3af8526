"""One writer at a time: locks of folders, which name their holders."""

from __future__ import annotations

import contextlib
import errno
import inspect
import json
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from natocc.files.show import one_line
from shards import storage
from shards.local_file import make_folders
from shards.locking.file import NO_LOCKS, can_write, is_held, release, try_lock
from shards.locking.holder import ADVICE, UNKNOWN_HOLDER, Patience, describe_self, name_holder
from shards.locking.holder import InUse as InUse
from shards.locking.lease import Lease, LeaseWatch
from shards.remote.conditional import NoConditions
from shards.temporary import remove_abandoned

P = ParamSpec("P")
R = TypeVar("R")

LOCK_FILE = ".lock"
_PAUSE = 0.2
# A request each.
_PAUSE_OF_LEASES = 1.0
# How long a new holder may take to write its name, in parts of a pause; and how often a folder is made again
# that another run has removed.
_TRIES = 5
_READ_ONLY = (errno.EACCES, errno.EPERM, errno.EROFS)
_warned: set[str] = set()


@contextmanager
def lock(
    url: str,
    *,
    wait: bool = False,
    name: str = LOCK_FILE,
    at_most: float | None = None,
    advice: str = ADVICE,
) -> Iterator[None]:
    """Hold the lock of a folder; readers need none.

    On this machine the lock is the file ``name`` in the folder, which is made if it is missing, locked by the
    system: it is free once its holder has ended, however that was. Temporary files of dead writers in the
    folder and those directly below are removed. On S3 it is a lease (shards/locking/lease.py).

    Raises InUse if another process holds it; with ``wait``, waits until it is free, or ``at_most`` seconds;
    ``advice`` is what the message says to do then. A folder that this user can't write needs no lock. For
    other storage, and where a file system or a server has no locks, one warning says that there is none.
    On S3, an error after which the lease is found lost is raised as LeaseLost.
    """
    folder = storage.local_path(url)
    patience = Patience(at_most if wait else 0.0, advice)
    with _locked(folder, url, name, patience) if folder is not None else _leased(url, name, patience):
        yield


@contextmanager
def _locked(folder: Path, url: str, name: str, patience: Patience) -> Iterator[None]:
    made: list[Path] = []
    handle = None
    try:
        handle = _acquire(folder / name, url, made, patience)
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
def _leased(url: str, name: str, patience: Patience) -> Iterator[None]:
    lease = None
    try:
        lease = _take_lease(LeaseWatch(url, name), url, patience)
    except (NoConditions, PermissionError):
        _warn_once(f"{url}: nothing prevents two runs from writing here at once; run one at a time")
    try:
        yield
    except Exception:
        if lease is not None:
            lease.check_after_error()
        raise
    finally:
        if lease is not None:
            lease.release()


def _take_lease(watch: LeaseWatch, url: str, patience: Patience) -> Lease:
    named = ""
    while isinstance(taken := watch.try_take(), str):
        patience.require(url, taken)
        named = _name_once(url, taken, named)
        time.sleep(_PAUSE_OF_LEASES)
    return taken


@contextmanager
def lock_if_free(url: str, name: str = LOCK_FILE) -> Iterator[bool]:
    """Hold the lock of a folder if nobody has it; yields whether it is held.

    It is not where the lock can't be taken: none in the storage, another user's file, no such folder.
    """
    folder, handle, lease = storage.local_path(url), None, None
    with contextlib.suppress(OSError, NoConditions):
        if folder is not None:
            handle = try_lock(folder / name)
        elif isinstance(taken := LeaseWatch(url, name).try_take(), Lease):
            lease = taken
    try:
        yield handle is not None or lease is not None
    finally:
        if folder is not None and handle is not None:
            release(folder / name, handle)
        if lease is not None:
            lease.release()


def find_holder(url: str, name: str = LOCK_FILE) -> str | None:
    """Who holds the lock of a folder, in words; None if nobody does. Nothing is made or changed."""
    folder = storage.local_path(url)
    if folder is not None:
        return _holder(folder / name) if is_held(folder / name) else None
    try:
        return LeaseWatch(url, name).holder()
    except NoConditions:
        return "any run, as this storage has no locks"


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


def _acquire(path: Path, url: str, made: list[Path], patience: Patience) -> int | None:
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
                os.write(handle, json.dumps(describe_self()).encode())
            return handle
        holder = _holder(path)
        patience.require(url, holder)
        named = _name_once(url, holder, named)
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


def _holder(path: Path) -> str:
    """The holder in words."""
    for _ in range(_TRIES):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            return name_holder(json.loads(path.read_text(encoding="utf-8")))
        time.sleep(_PAUSE / _TRIES)
    return UNKNOWN_HOLDER


def _name_once(url: str, holder: str, named: str) -> str:
    """Say for whom this run waits, unless that is the one ``named`` before."""
    if holder != named:
        logging.getLogger("natocc").warning("%s: waiting for %s", one_line(url, None), holder)
    return holder


def _warn_once(line: str) -> None:
    if line not in _warned:
        _warned.add(line)
        logging.getLogger("natocc").warning("%s", one_line(line, None))
