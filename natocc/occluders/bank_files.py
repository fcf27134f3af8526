"""The files of a prepared bank: its table of entries, and the bytes of an entry's members.

A bank is a folder, or any URL that fsspec opens.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from natocc.kinds import ENTRY_KINDS, check_entry_kind

if TYPE_CHECKING:
    import pyarrow as pa

BANK_INDEX, BANK_TABLE = "bank.json", "entries.parquet"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEntry:
    """An entry and its location: ``members`` gives offset and size in ``shard``, by extension."""

    # One of ENTRY_KINDS.
    kind: str
    id: str
    split: str
    shard: str
    members: dict[str, tuple[int, int]]


def read_entries(bank: str) -> list[StoredEntry]:
    """All entries, ordered by kind and id.

    Raises FileNotFoundError if there is no bank, ModuleNotFoundError without pyarrow, ValueError for an entry
    of an unknown kind.
    """
    folder = bank.rstrip("/")
    try:
        _read(f"{folder}/{BANK_INDEX}")
        table = arrow_table(_read(f"{folder}/{BANK_TABLE}"))
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"{bank}: expected a bank ({BANK_INDEX} and {BANK_TABLE} in it), found none; make one with "
            "`natocc prepare --raw DIR --bank URL`"
        ) from error
    except ImportError as error:
        raise ModuleNotFoundError(
            f"{bank}: expected the packages that read a bank, got none ({error}); "
            "run pip install 'natocc[bank]', for a bucket 'natocc[bank,storage]'"
        ) from error
    rows = table.select(["kind", "id", "split", "shard", "members"]).to_pylist()
    entries = []
    for row in rows:
        spans = {name: (at["offset"], at["size"]) for name, at in row.pop("members")}
        entries.append(StoredEntry(**row, members=spans))
        check_entry_kind(row["kind"])
    return sorted(entries, key=lambda entry: (ENTRY_KINDS.index(entry.kind), entry.id))


def read_members(bank: str, entry: StoredEntry, names: Collection[str]) -> dict[str, bytes]:
    """The members in ``names`` that the entry has, by extension."""
    shard = f"{bank.rstrip('/')}/{entry.shard}"
    return {name: read_span(shard, *span) for name, span in entry.members.items() if name in names}


def read_span(url: str, offset: int, size: int) -> bytes:
    """``size`` bytes from ``offset``; ValueError if the file ends before that."""
    data = _read(url, offset, size)
    if len(data) != size:
        raise ValueError(
            f"{url}: expected {size} bytes from {offset}, got {len(data)}; the file was cut short"
        )
    return data


def _read(url: str, offset: int = 0, size: int | None = None) -> bytes:
    """``size`` bytes of a file, or the rest of it; fewer if the file ends earlier."""
    if "://" not in url:
        with Path(url).expanduser().open("rb") as stream:
            stream.seek(offset)
            return stream.read(size)
    import fsspec

    filesystem, path = fsspec.core.url_to_fs(url)
    end = None if size is None else offset + size
    return cast(bytes, filesystem.cat_file(path, start=offset, end=end))


def arrow_table(data: bytes) -> pa.Table:
    """The Parquet file's table. Raises pyarrow.ArrowInvalid (a ValueError) for other bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    # Arrow's threads release buffers at any time. If they release a Python buffer while the interpreter ends,
    # the process is aborted. The bytes are therefore copied into Arrow's memory.
    stream = pa.BufferOutputStream()
    stream.write(data)
    return pq.ParquetFile(pa.BufferReader(stream.getvalue()), pre_buffer=False).read(use_threads=False)
