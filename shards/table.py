"""Parquet tables from bytes."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq


def read_table(data: bytes, schema: pa.Schema | None = None) -> pa.Table:
    """The table; with ``schema`` its columns alone, null where the file has none of a name.

    Raises pyarrow.ArrowInvalid (a ValueError) for bytes that are no Parquet file, or of other types.
    """
    # Arrow's threads let go of buffers when they like. If that is while the interpreter ends, and the
    # buffer is Python's, the process is aborted; so the bytes are put into memory of Arrow's own.
    own = pa.BufferOutputStream()
    own.write(data)
    table = pq.ParquetFile(pa.BufferReader(own.getvalue()), pre_buffer=False).read(use_threads=False)
    if schema is None:
        return table
    columns = [
        table.column(field.name).cast(field.type)
        if field.name in table.column_names
        else pa.nulls(table.num_rows, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)
