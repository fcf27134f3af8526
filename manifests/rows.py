"""The manifest: one row for every attempted sample, whether kept or not."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq

from shards.table import read_table, with_schema

# Of the table, in its key-value metadata; a table without it has schema 0, with the columns of 1. Since 2
# there is ``cache_key``.
_SCHEMA = 2
_NUMBER = b"natocc.schema"
ROWS_METADATA = {_NUMBER: str(_SCHEMA)}
# Columns whose texts do not repeat.
_OF_ITS_OWN = ("key", "params", "cache_key")


class BadRows(ValueError):
    """Rows that cannot be read. The message names the file, what is wrong, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One attempted sample. ``params`` and ``backends`` are JSON texts as in the sample's json.

    ``cache_key`` is the hash of everything that the sample's bytes depend on; "" in earlier schemas.
    """

    key: str
    set: str
    kind: str
    split: str
    shard: str
    verdict: str  # kept, rejected, failed
    reason: str
    face_id: str
    repeat: int
    face_photo: str
    face_sha256: str
    face_licence: str
    person: str | None
    occluder_id: str | None
    occluder_category: str | None
    occluder_photo: str | None
    occluder_sha256: str | None
    occluder_licence: str | None
    seed: int
    stream: str
    profile: str
    opacity: float | None
    hidden_ratio: float | None
    reach_px: int | None
    placement_tries: int | None
    params: str | None
    backends: str
    cache_key: str = ""


ROW_SCHEMA = pa.schema(
    [
        pa.field(name, {"int": pa.int64(), "float": pa.float64()}.get(str(kind).split(" ")[0], pa.string()))
        for name, kind in Row.__annotations__.items()
    ]
)


def table_of(rows: Sequence[Row]) -> pa.Table:
    """The rows as a table of ``ROW_SCHEMA``."""
    columns = [pa.array([getattr(row, field.name) for row in rows], field.type) for field in ROW_SCHEMA]
    return pa.Table.from_arrays(columns, schema=ROW_SCHEMA)


def encode_table(table: pa.Table) -> bytes:
    """A table of ``ROW_SCHEMA`` as Parquet. Equal values give equal bytes."""
    stream = io.BytesIO()
    # In one piece, since pages end where pieces do.
    pq.write_table(table.replace_schema_metadata(ROWS_METADATA).combine_chunks(), stream)
    return stream.getvalue()


def encode_rows(rows: Sequence[Row]) -> bytes:
    """The rows as Parquet. Equal values give equal bytes."""
    return encode_table(table_of(rows))


def decode_table(data: bytes, where: str = "rows", names: Sequence[str] = ROW_SCHEMA.names) -> pa.Table:
    """Rows from Parquet bytes, which lie at ``where``, as a table of ``ROW_SCHEMA`` or some of it.

    Raises BadRows for other bytes, and for a table of a later schema.
    """
    try:
        table = read_table(data, columns=names)
        check_schema(table.schema, where)
        return with_row_schema(table, names)
    except BadRows:
        raise
    except Exception as error:
        # Arrow raises errors of any kind for damaged bytes.
        raise damaged_rows(where, error) from error


def check_schema(schema: pa.Schema, where: str) -> None:
    """Raise BadRows for the schema of a later release."""
    number = int((schema.metadata or {}).get(_NUMBER, 0))
    if number > _SCHEMA:
        raise BadRows(
            f"{where}: expected rows of schema {_SCHEMA} or an earlier one, got {number} of a later release; "
            "use the release of natocc that dataset.json beside it names (written_by)"
        )


def with_row_schema(table: pa.Table, names: Sequence[str] = ROW_SCHEMA.names) -> pa.Table:
    """The columns ``names`` with the types of ``ROW_SCHEMA``; without ``cache_key``, its texts are empty."""
    table = with_schema(table, pa.schema([ROW_SCHEMA.field(name) for name in names]))
    if "cache_key" in names:
        place = list(names).index("cache_key")
        table = table.set_column(place, ROW_SCHEMA.field("cache_key"), table["cache_key"].fill_null(""))
    return table


def rows_of(table: pa.Table, where: str = "rows") -> list[Row]:
    """The rows of a table of ``ROW_SCHEMA``. Raises BadRows for texts that are none."""
    try:
        columns = [_values(table[name], shared=name not in _OF_ITS_OWN) for name in ROW_SCHEMA.names]
        return [
            Row(**dict(zip(ROW_SCHEMA.names, values, strict=True))) for values in zip(*columns, strict=True)
        ]
    except Exception as error:
        raise damaged_rows(where, error) from error


def decode_rows(data: bytes, where: str = "rows") -> list[Row]:
    """Rows from Parquet bytes, which lie at ``where``. Raises BadRows as ``decode_table``."""
    return rows_of(decode_table(data, where), where)


def _values(column: pa.ChunkedArray, *, shared: bool) -> list[Any]:
    """The column's values. Where texts repeat, equal ones are one object if ``shared``."""
    if not shared or not pa.types.is_string(column.type):
        return cast(list[Any], column.to_pylist())
    encoded = column.combine_chunks().dictionary_encode()
    texts = [*encoded.dictionary.to_pylist(), None]
    return [texts[place] for place in encoded.indices.fill_null(len(texts) - 1).to_pylist()]


def damaged_rows(where: str, error: Exception) -> BadRows:
    """The error for a table at ``where`` that cannot be read."""
    got = " ".join(f"{type(error).__name__}: {error}".split())
    return BadRows(
        f"{where}: expected a readable table of rows, got a damaged one ({got}); run the `natocc build` that "
        "made it again, which repairs it"
    )
