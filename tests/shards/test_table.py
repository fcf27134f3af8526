from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shards.table import read_table


def parquet(table: pa.Table) -> bytes:
    stream = io.BytesIO()
    pq.write_table(table, stream)
    return stream.getvalue()


TABLE = pa.table({"name": ["a", "b"], "count": pa.array([1, 2], pa.int32()), "more": [0.5, None]})


def test_a_table_comes_back() -> None:
    assert read_table(parquet(TABLE)).equals(TABLE)


def test_a_schema_picks_orders_and_fills_columns() -> None:
    schema = pa.schema([("count", pa.int64()), ("new", pa.string())])
    found = read_table(parquet(TABLE), schema)
    assert found.schema.equals(schema)
    assert found.to_pylist() == [{"count": 1, "new": None}, {"count": 2, "new": None}]


def test_other_bytes_and_types_are_errors() -> None:
    for data, schema in ((b"text", None), (parquet(TABLE), pa.schema([("name", pa.int64())]))):
        with pytest.raises(ValueError, match=r"Parquet|parse"):
            read_table(data, schema)
