"""The manifest: one row for every attempted sample, whether kept or not."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq

from shards.table import read_table, with_schema

# Of the table, in its key-value metadata; a table without it has schema 0, with the columns of 1. Since 2
# there is ``cache_key``.
_SCHEMA = 2
_NUMBER = b"natocc.schema"
# Columns whose texts do not repeat.
_OF_ITS_OWN = ("key", "params", "cache_key")
# The fields of dataset.json, from which it can be written again.
_DESCRIPTION = b"natocc.dataset"


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


def encode_rows(rows: Sequence[Row], description: bytes | None = None) -> bytes:
    """The rows as Parquet, with the text that describes their version. Equal values give equal bytes."""
    stream = io.BytesIO()
    described = {} if description is None else {_DESCRIPTION: description}
    schema = ROW_SCHEMA.with_metadata({_NUMBER: str(_SCHEMA), **described})
    columns = [pa.array([getattr(row, field.name) for row in rows], field.type) for field in schema]
    pq.write_table(pa.Table.from_arrays(columns, schema=schema), stream)
    return stream.getvalue()


def decode_rows(data: bytes, where: str = "rows") -> list[Row]:
    """Rows from Parquet bytes, which lie at ``where``.

    Raises BadRows for other bytes, and for a table of a later schema.
    """
    try:
        table = read_table(data)
        metadata = table.schema.metadata or {}
        number = int(metadata.get(_NUMBER, 0))
    except Exception as error:
        # Arrow raises errors of any kind for damaged bytes.
        raise damaged_rows(where, error) from error
    if number > _SCHEMA:
        raise BadRows(
            f"{where}: expected rows of schema {_SCHEMA} or an earlier one, got {number} of a later release; "
            "use the release of natocc that dataset.json beside it names (written_by)"
        )
    try:
        table = with_schema(table, ROW_SCHEMA)
        columns = [_values(table[name], shared=name not in _OF_ITS_OWN) for name in ROW_SCHEMA.names]
        rows = [
            Row(**dict(zip(ROW_SCHEMA.names, values, strict=True))) for values in zip(*columns, strict=True)
        ]
    except Exception as error:
        raise damaged_rows(where, error) from error
    # None in earlier schemas.
    return rows if not rows or rows[0].cache_key else [replace(row, cache_key="") for row in rows]


def _values(column: pa.ChunkedArray, *, shared: bool) -> list[Any]:
    """The column's values. Where texts repeat, equal ones are one object if ``shared``."""
    if not shared or not pa.types.is_string(column.type):
        return cast(list[Any], column.to_pylist())
    encoded = column.combine_chunks().dictionary_encode()
    texts = [*encoded.dictionary.to_pylist(), None]
    return [texts[place] for place in encoded.indices.fill_null(len(texts) - 1).to_pylist()]


def description_in(data: bytes) -> bytes | None:
    """The text that describes the version in a table's metadata; None if it has none.

    For bytes that ``decode_rows`` has read.
    """
    metadata = pq.read_schema(pa.BufferReader(data)).metadata or {}
    text: bytes | None = metadata.get(_DESCRIPTION)
    return text


def damaged_rows(where: str, error: Exception) -> BadRows:
    """The error for a table at ``where`` that cannot be read."""
    got = " ".join(f"{type(error).__name__}: {error}".split())
    return BadRows(
        f"{where}: expected a readable table of rows, got a damaged one ({got}); run the `natocc build` that "
        "made it again, which repairs it"
    )
