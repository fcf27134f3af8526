"""What a prepared shard was made from: its inputs as values and as marks of their files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

from shards import storage


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a file was when it was read."""

    size: int  # bytes
    mtime_ns: int
    sha256: str


def mark_of(path: Path) -> Mark | None:
    """The mark of a file; None where it can't be read, so that it never counts as unchanged."""
    try:
        # Before the content: what is written in between gives another time at the next look.
        told = path.stat()
        digest = storage.sha256_bytes(path.read_bytes())
    except OSError:
        return None
    return Mark(size=told.st_size, mtime_ns=told.st_mtime_ns, sha256=digest)


def is_unchanged(path: Path, mark: Mark, *, reread: bool = False) -> bool:
    """Whether a file still is what it was: of the same size and time, else of the same content.

    ``reread``: the content decides in any case.
    """
    try:
        told = path.stat()
    except OSError:
        return False
    if told.st_size != mark.size:
        return False
    if told.st_mtime_ns == mark.mtime_ns and not reread:
        return True
    now = mark_of(path)
    return now is not None and now.sha256 == mark.sha256


def files_of(value: Any) -> Iterator[Path]:
    """Every path in a record, in order."""
    if isinstance(value, Path):
        yield value
    elif is_dataclass(value):
        for one in fields(value):
            yield from files_of(getattr(value, one.name))
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from files_of(inner)
    elif isinstance(value, tuple | list):
        for inner in value:
            yield from files_of(inner)


def describe(value: Any, raw: Path) -> Any:
    """A record as JSON holds it; paths relative to ``raw``, so that a moved tree is the same one."""
    if isinstance(value, Path):
        return value.relative_to(raw).as_posix()
    if is_dataclass(value):
        return [describe(getattr(value, one.name), raw) for one in fields(value)]
    if isinstance(value, Mapping):
        # As pairs: an entry's json keeps the order, and a key's would not.
        return [[str(name), describe(inner, raw)] for name, inner in value.items()]
    if isinstance(value, tuple | list):
        return [describe(inner, raw) for inner in value]
    return value
