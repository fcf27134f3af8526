"""Parquet tables from bytes."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from natocc.occluders.bank_files import arrow_table


def read_table(
    data: bytes, schema: pa.Schema | None = None, columns: Sequence[str] | None = None
) -> pa.Table:
    """The table; with ``schema``, only its columns, with null for columns that the file lacks.

    ``columns``: the names of those that are read, as far as the file has them; all without.

    Raises pyarrow.ArrowInvalid (a ValueError) if the bytes are not a Parquet file or have other types.
    Damaged bytes may raise errors of other kinds too.
    """
    table = arrow_table(data, columns)
    return table if schema is None else with_schema(table, schema)


def with_schema(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Only the columns of ``schema``, with null for columns that the table lacks."""
    columns = [
        table.column(field.name).cast(field.type)
        if field.name in table.column_names
        else pa.nulls(table.num_rows, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)
