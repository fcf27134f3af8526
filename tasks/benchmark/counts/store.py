"""Tables of counts as Parquet files."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping

import pyarrow as pa
import pyarrow.parquet as pq

from shards import storage
from shards.table import read_table
from tasks.benchmark.counts.table import COUNTS_SCHEMA

_FORMAT = "natocc-counts/1"


def write_counts(url: str, rows: Iterable[dict[str, object]], facts: Mapping[str, str]) -> pa.Table:
    """Write rows of ``COUNTS_SCHEMA`` as a table, and return it; equal rows and facts give equal bytes.

    ``facts`` are texts about all of them, such as what they were counted with.
    """
    metadata = {"format": _FORMAT, **facts}
    table = pa.Table.from_pylist(list(rows), schema=COUNTS_SCHEMA.with_metadata(metadata))
    _write(url, table)
    return table


def read_counts(url: str) -> pa.Table:
    """Read a table. Raises ValueError for a file that is none, and FileNotFoundError."""
    data = storage.read_bytes(url)
    try:
        table = read_table(data)
        stated = (table.schema.metadata or {}).get(b"format", b"").decode()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise ValueError(f"{url}: expected a table of counts, got a damaged file; remove it") from error
    if stated != _FORMAT or table.schema.remove_metadata() != COUNTS_SCHEMA:
        raise ValueError(
            f"{url}: expected a table of counts of this release ({_FORMAT}), got "
            f"{stated or 'another table'}; remove it, and run the benchmark again"
        )
    return table


def facts_of(table: pa.Table) -> dict[str, str]:
    """The texts that were written with a table."""
    return {name.decode(): value.decode() for name, value in (table.schema.metadata or {}).items()}


def merge_counts(url: str, tables: Iterable[pa.Table], facts: Mapping[str, str]) -> pa.Table:
    """Write several tables as one, in their order, and return it."""
    plain = [table.replace_schema_metadata(None) for table in tables]
    table = pa.concat_tables([COUNTS_SCHEMA.empty_table(), *plain]).combine_chunks()
    table = table.replace_schema_metadata({"format": _FORMAT, **facts})
    _write(url, table)
    return table


def _write(url: str, table: pa.Table) -> None:
    stream = io.BytesIO()
    pq.write_table(table, stream)
    storage.write_bytes(url, stream.getvalue())
