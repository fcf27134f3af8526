"""Files of users, read within bounds: regular files alone, and no more bytes or pixels than are expected.

A pipe never ends, a device never fills, a header claims more pixels than memory holds. Each is refused before
anything is read. The bounds are those of ``use_bounds``.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_MIB = 1 << 20
# Bytes of a file that is hashed and perhaps read in pieces, such as a table of pictures.
MOST_HASHED = 4 << 30
_NUL_IN_NAME = "a name with a NUL character"
# Opening a pipe must not wait for its other end.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The largest files of users that are read: MiB of a picture and of a table, millions of pixels."""

    picture_mib: int = 256
    table_mib: int = 64
    megapixels: int = 100


_BOUNDS: ContextVar[Bounds] = ContextVar("bounds", default=Bounds())  # noqa: B039 (frozen)


class UnfitFile(OSError):
    """No regular file, or one of other content than is read; ``expected`` and ``got`` as in messages."""

    def __init__(self, path: str, expected: str, got: str) -> None:
        super().__init__(errno.EINVAL, f"expected {expected}, got {got}", path)
        self.path, self.expected, self.got = path, expected, got

    def __reduce__(self) -> tuple[type[UnfitFile], tuple[str, str, str]]:
        return type(self), (self.path, self.expected, self.got)


@contextmanager
def use_bounds(bounds: Bounds) -> Iterator[None]:
    """Read within ``bounds`` in this block."""
    token = _BOUNDS.set(bounds)
    try:
        yield
    finally:
        _BOUNDS.reset(token)


def bounds() -> Bounds:
    """The bounds in force."""
    return _BOUNDS.get()


def read_picture_bytes(path: Path) -> bytes:
    """The bytes of a picture's file. Raises UnfitFile, or another OSError."""
    return read_within(path, bounds().picture_mib * _MIB)


def read_table_bytes(path: Path) -> bytes:
    """The bytes of a table, a list, an answer or a recipe. Raises UnfitFile, or another OSError."""
    return read_within(path, bounds().table_mib * _MIB)


def read_within(path: Path | str, most: int) -> bytes:
    """The bytes of a regular file, at most ``most``. Raises UnfitFile, or another OSError."""
    with open_file(path) as stream:
        size = os.fstat(stream.fileno()).st_size
        pieces = [stream.read(size + 1)] if size <= most else []
        held = sum(map(len, pieces))
        # Some files, those of /proc among them, hold more than their stated size.
        while size < held <= most and pieces[-1]:
            pieces.append(stream.read(min(_MIB, most + 1 - held)))
            held += len(pieces[-1])
    if size > most or held > most:
        raise UnfitFile(str(path), f"at most {_amount(most)}", _amount(max(size, held)))
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def hash_file(path: Path | str, most: int | None = None) -> str:
    """sha256 of a regular file, at most ``most`` bytes long. Raises UnfitFile, or another OSError."""
    digest = hashlib.sha256()
    with open_file(path) as stream:
        left = os.fstat(stream.fileno()).st_size
        if most is not None and left > most:
            raise UnfitFile(str(path), f"at most {_amount(most)}", _amount(left))
        while left > 0 and (chunk := stream.read(min(left, 4 * _MIB))):
            digest.update(chunk)
            left -= len(chunk)
    return digest.hexdigest()


def hash_if_readable(path: Path | str) -> str:
    """``hash_file``; "" for a file that can't be read, where another reader reports it."""
    try:
        return hash_file(path, MOST_HASHED)
    except OSError:
        return ""


@contextmanager
def open_file(path: Path | str) -> Iterator[BinaryIO]:
    """Open a regular file, after links. Raises UnfitFile for anything else, without waiting for it."""
    target = os.fspath(path)
    try:
        # Before opening too, since opening a device may act on it.
        _check(target, os.stat(target))  # noqa: PTH116 (an open file has no Path)
        handle = os.open(target, _FLAGS)
    except ValueError as error:
        raise UnfitFile(target, "a name of a file", _NUL_IN_NAME) from error
    with os.fdopen(handle, "rb") as stream:
        _check(target, os.fstat(handle))
        yield stream


def is_there(path: Path) -> bool:
    """Whether anything has this name: a file, a folder, a pipe, a link to nothing.

    Readers of optional files ask this, not ``is_file``: a table that is there and unfit is a fault.
    """
    return os.path.lexists(path)


def what_is(path: Path | str) -> str:
    """What lies at a path in place of a regular file, after links; "" if it is one."""
    try:
        status = os.stat(path)  # noqa: PTH116 (as fast as can be: it is called for every picture)
    except ValueError:
        return _NUL_IN_NAME
    except OSError as error:
        if isinstance(error, FileNotFoundError) and os.path.lexists(path):
            return "a link to nothing"
        return error.strerror or "a file that can't be read"
    return "" if stat.S_ISREG(status.st_mode) else _kind(status)


def leads_to_folder(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a folder, after links. A link in a circle is none."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def check_pixels(width: int, height: int) -> str:
    """The fault of a picture of this size, "" if it has none."""
    most = bounds().megapixels
    return f"{width}x{height} pixels, more than {most} million" if width * height > most * 10**6 else ""


def _check(path: str, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise UnfitFile(path, "a regular file", _kind(status))


def _kind(status: os.stat_result) -> str:
    return next((name for is_kind, name in _KINDS if is_kind(status.st_mode)), "no file")


def _amount(size: int) -> str:
    return f"{size / _MIB:.0f} MiB" if size >= 10 * _MIB else f"{size:,} bytes"
