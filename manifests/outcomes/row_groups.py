"""The manifest's table in groups of rows, so that a large one is never in memory as a whole."""

from __future__ import annotations

import io
import threading
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import BinaryIO, Self

import pyarrow as pa
import pyarrow.parquet as pq

from manifests.rows import (
    ROW_SCHEMA,
    ROWS_METADATA,
    BadRows,
    check_schema,
    damaged_rows,
    with_row_schema,
)
from shards import storage
from shards.tar import HashedStream

# Rows of a group, except the last.
_GROUP = 16_384
# Groups that are kept decoded; samples of a new shard lie in neighbouring groups.
_KEPT = 2
# The fields of dataset.json in the key-value metadata, from which it can be written again.
_DESCRIPTION = b"natocc.dataset"


class RowWriter:
    """Writes tables of rows one after the other. The bytes do not depend on how the rows are divided.

    ``close`` within the block completes the file.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = HashedStream(stream)
        self._file = pa.PythonFile(self._stream, mode="w")
        self._writer = pq.ParquetWriter(self._file, ROW_SCHEMA.with_metadata(ROWS_METADATA))
        self._waiting: list[pa.Table] = []
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        # After an error, nothing is written any more, also not when the object is collected.
        self._writer.is_open = False

    @property
    def sha256(self) -> str:
        """Of the bytes written so far."""
        return self._stream.sha256

    def write(self, table: pa.Table) -> None:
        """Append a table of ``ROW_SCHEMA``."""
        self._waiting.append(table.replace_schema_metadata(ROWS_METADATA))
        self._count += table.num_rows
        while self._count >= _GROUP:
            self._write_group()

    def close(self, description: bytes) -> None:
        """Write the last rows, and the text that describes their version."""
        if self._count:
            self._write_group()
        self._writer.add_key_value_metadata({_DESCRIPTION: description})
        self._writer.close()
        self._file.flush()

    def _write_group(self) -> None:
        rows = pa.concat_tables(self._waiting)
        group, rest = rows.slice(0, _GROUP), rows.slice(_GROUP)
        # In one piece, since pages end where pieces do.
        self._writer.write_table(group.combine_chunks())
        self._waiting, self._count = [rest], rest.num_rows


def encode_manifest(tables: Iterable[pa.Table], description: bytes) -> bytes:
    """The manifest of tables of rows, with the text that describes their version."""
    stream = io.BytesIO()
    with RowWriter(stream) as writer:
        for table in tables:
            writer.write(table)
        writer.close(description)
    return stream.getvalue()


def description_in(data: bytes) -> bytes | None:
    """The text that describes the version in a manifest's metadata; None if it has none.

    For bytes that can be read as rows.
    """
    text: bytes | None = (pq.read_metadata(pa.BufferReader(data)).metadata or {}).get(_DESCRIPTION)
    return text


class RowGroups:
    """The rows of a manifest, read by columns, or a range of them at a time.

    Raises BadRows, when it is opened and when it is read, for what is no table of rows or of a later schema.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.Lock()
        path = storage.local_path(url)
        try:
            # Arrow must not hold Python's memory, as natocc/occluders/bank_files.py says.
            source = pa.OSFile(str(path)) if path else pa.BufferReader(_copied(storage.read_bytes(url)))
            self._file = pq.ParquetFile(source, pre_buffer=False)
            check_schema(self._file.schema_arrow, url)
            sizes = [self._file.metadata.row_group(n).num_rows for n in range(self._file.num_row_groups)]
        except (BadRows, FileNotFoundError):
            raise
        except Exception as error:
            raise damaged_rows(url, error) from error
        # The number of rows before each group, and of all.
        self._starts = [sum(sizes[:number]) for number in range(len(sizes) + 1)]
        self._group = lru_cache(maxsize=_KEPT)(self._read_group)

    def columns(self, names: Sequence[str]) -> pa.Table:
        """Some columns of all rows."""
        try:
            known = set(self._file.schema_arrow.names)
            there = [name for name in names if name in known]
            return with_row_schema(self._file.read(there, use_threads=False), names)
        except Exception as error:
            raise damaged_rows(self._url, error) from error

    def slice(self, start: int, stop: int) -> pa.Table:
        """The rows from ``start`` up to ``stop``, as a table of ``ROW_SCHEMA``."""
        if start >= stop:
            return ROW_SCHEMA.empty_table()
        first, last = (bisect_right(self._starts, row) - 1 for row in (start, stop - 1))
        # Threads that render shards ask for rows at the same time.
        with self._lock:
            groups = [self._group(number) for number in range(first, last + 1)]
        return pa.concat_tables(groups).slice(start - self._starts[first], stop - start)

    def _read_group(self, number: int) -> pa.Table:
        # Arrow keeps what the groups before took, hundreds of megabytes in all.
        pa.default_memory_pool().release_unused()
        try:
            return with_row_schema(self._file.read_row_group(number, use_threads=False))
        except Exception as error:
            raise damaged_rows(self._url, error) from error


def _copied(data: bytes) -> pa.Buffer:
    stream = pa.BufferOutputStream()
    stream.write(data)
    return stream.getvalue()
