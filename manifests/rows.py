"""The manifest: one row for every attempted sample, whether kept or not."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from shards.table import read_table


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One attempted sample. ``params`` and ``backends`` are JSON texts as in the sample's json."""

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


ROW_SCHEMA = pa.schema(
    [
        pa.field(name, {"int": pa.int64(), "float": pa.float64()}.get(str(kind).split(" ")[0], pa.string()))
        for name, kind in Row.__annotations__.items()
    ]
)


def encode_rows(rows: Sequence[Row]) -> bytes:
    """The rows as Parquet. Equal rows give equal bytes."""
    stream = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([asdict(row) for row in rows], schema=ROW_SCHEMA), stream)
    return stream.getvalue()


def decode_rows(data: bytes) -> list[Row]:
    """Rows from Parquet bytes. Raises pyarrow's error for any other bytes."""
    return [Row(**row) for row in read_table(data, ROW_SCHEMA).to_pylist()]
