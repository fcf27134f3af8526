"""The inputs of a prepared shard: their values, and marks of their files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

from natocc.files.read import MOST_HASHED, hash_file


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Size, time and content of a file when it was read."""

    size: int  # bytes
    mtime_ns: int
    sha256: str


def mark_of(path: Path) -> Mark | None:
    """The mark of a file; None if it can't be read, so that it never counts as unchanged."""
    try:
        # Taken before the content is read. A file written in between has another time in the next run.
        status = path.stat()
        digest = hash_file(path, MOST_HASHED)
    except OSError:
        return None
    return Mark(size=status.st_size, mtime_ns=status.st_mtime_ns, sha256=digest)


def is_unchanged(path: Path, mark: Mark, *, reread: bool = False) -> bool:
    """Return whether a file is unchanged: same size and time, or else same content.

    With ``reread`` the content always decides.
    """
    try:
        status = path.stat()
    except OSError:
        return False
    if status.st_size != mark.size:
        return False
    if status.st_mtime_ns == mark.mtime_ns and not reread:
        return True
    now = mark_of(path)
    return now is not None and now.sha256 == mark.sha256


def files_of(value: Any) -> Iterator[Path]:
    """Every path in a record, in order."""
    if isinstance(value, Path):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from files_of(getattr(value, field.name))
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from files_of(inner)
    elif isinstance(value, tuple | list):
        for inner in value:
            yield from files_of(inner)


def describe_input(value: Any, raw: Path) -> Any:
    """A record as JSON values. Paths are relative to ``raw``, so that a moved tree gives the same values."""
    if isinstance(value, Path):
        return value.relative_to(raw).as_posix()
    if is_dataclass(value):
        return [describe_input(getattr(value, field.name), raw) for field in fields(value)]
    if isinstance(value, Mapping):
        # Pairs keep the order, which matters for an entry's json; JSON for keys is sorted.
        return [[str(name), describe_input(inner, raw)] for name, inner in value.items()]
    if isinstance(value, tuple | list):
        return [describe_input(inner, raw) for inner in value]
    return value
