from __future__ import annotations

import contextlib
import io
import random
from dataclasses import fields

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from manifests.rows import ROW_SCHEMA, BadRows, Row, decode_rows, encode_rows
from tests.manifests.inputs import row

UNKNOWN = {
    "verdict": "failed",
    "reason": "ValueError: face mask: expected pixels above 127, got an empty mask",
    "opacity": None,
    "hidden_ratio": None,
    "reach_px": None,
    "placement_tries": None,
    "params": None,
    "occluder_id": None,
}


def test_rows_come_back_as_they_were() -> None:
    rows = [row(0), row(1, **UNKNOWN), row(2, verdict="rejected", reason="hidden_too_much", person="名前")]
    assert decode_rows(encode_rows(rows)) == rows
    assert decode_rows(encode_rows([])) == []


def test_equal_rows_are_equal_bytes() -> None:
    rows = [row(number) for number in range(50)]
    assert encode_rows(rows) == encode_rows([row(number) for number in range(50)])
    assert encode_rows(rows) != encode_rows(rows[::-1])


@given(st.floats(0, 1), st.integers(0, 2**32 - 1), st.text(st.characters(exclude_categories=["Cs"])))
def test_numbers_and_texts_survive_to_the_last_bit(hidden: float, seed: int, reason: str) -> None:
    one = row(hidden_ratio=hidden, seed=seed, reason=reason)
    assert decode_rows(encode_rows([one])) == [one]


def test_a_column_of_nothing_keeps_its_type() -> None:
    # Shards of failures alone are joined with others.
    table = pq.read_table(io.BytesIO(encode_rows([row(0, **UNKNOWN)])))
    assert table.schema.field("hidden_ratio").type == pa.float64()
    assert table.schema.field("placement_tries").type == pa.int64()
    assert table.schema.equals(ROW_SCHEMA)


def test_every_field_is_a_column_in_order() -> None:
    assert ROW_SCHEMA.names == [field.name for field in fields(Row)]
    assert {"verdict", "reason", "key", "params", "hidden_ratio", "face_licence"} <= set(ROW_SCHEMA.names)


def test_other_tools_read_it_as_a_plain_table() -> None:
    table = pq.read_table(io.BytesIO(encode_rows([row(0), row(1, **UNKNOWN)])))
    assert table.column("verdict").to_pylist() == ["kept", "failed"]
    assert table.column("seed").to_pylist() == [2**32 - 1] * 2


def test_bytes_that_are_no_parquet_are_refused() -> None:
    with pytest.raises(
        BadRows, match=r"rows: expected a readable table of rows, got a damaged one \(ArrowInvalid"
    ):
        decode_rows(b"no table")


def test_damaged_bytes_give_rows_or_one_kind_of_error() -> None:
    whole = encode_rows([row(number) for number in range(20)])
    rng = random.Random(4)
    for _ in range(300):
        damaged = bytearray(whole)
        damaged[rng.randrange(len(whole))] ^= 1 << rng.randrange(8)
        with contextlib.suppress(BadRows):
            decode_rows(bytes(damaged))


def test_a_table_without_a_number_is_read_and_a_later_one_is_refused() -> None:
    table = pq.read_table(io.BytesIO(encode_rows([row(0)])))
    assert table.schema.metadata[b"natocc.schema"] == b"2"
    assert decode_rows(parquet(table.replace_schema_metadata({}))) == [row(0)]
    with pytest.raises(
        BadRows, match=r"m\.parquet: expected rows of schema 2 or an earlier one, got 3 of a later"
    ):
        decode_rows(parquet(table.replace_schema_metadata({"natocc.schema": "3"})), "m.parquet")


def parquet(table: pa.Table) -> bytes:
    stream = io.BytesIO()
    pq.write_table(table, stream)
    return stream.getvalue()
