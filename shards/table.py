"""Parquet tables from bytes."""

from __future__ import annotations

import pyarrow as pa

from natocc.occluders.bank_files import arrow_table


def read_table(data: bytes, schema: pa.Schema | None = None) -> pa.Table:
    """The table; with ``schema``, only its columns, with null for columns that the file lacks.

    Raises pyarrow.ArrowInvalid (a ValueError) if the bytes are not a Parquet file or have other types.
    """
    table = arrow_table(data)
    if schema is None:
        return table
    columns = [
        table.column(field.name).cast(field.type)
        if field.name in table.column_names
        else pa.nulls(table.num_rows, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)
