"""Versions as earlier releases wrote them, made from one of this release."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from manifests.dataset import DATASET_INDEX, MANIFEST, point_latest, read_dataset
from manifests.sample import read_metadata
from shards.reader import read_shard
from shards.storage import sha256_bytes
from shards.tar import pack

Fields = dict[str, Any]


def rewrite(
    folder: Path,
    of_json: Callable[[Fields], Fields],
    metadata: dict[str, str],
    name_of: Callable[[str], str] = str,
) -> None:
    """Write shards and manifest again with other jsons, metadata and names, and the index with their hashes."""
    dataset = read_dataset(str(folder))
    records = []
    for record in dataset.shards:
        samples = [
            (key, members | {"json": json.dumps(of_json(json.loads(members["json"]))).encode()})
            for key, members in read_shard(f"{folder}/{record.file}")
        ]
        data, file = pack(samples), name_of(record.file)
        (folder / record.file).unlink()
        (folder / file).write_bytes(data)
        records.append(replace(record, file=file, bytes=len(data), sha256=sha256_bytes(data)))
    stream = io.BytesIO()
    table: pa.Table = pq.read_table(folder / MANIFEST)
    shards = pa.array([name_of(file) for file in table["shard"].to_pylist()], pa.string())
    table = table.set_column(table.column_names.index("shard"), "shard", shards)
    table = table.select([name for name in table.column_names if name != "cache_key"])
    pq.write_table(table.replace_schema_metadata(metadata), stream)
    (folder / MANIFEST).write_bytes(stream.getvalue())
    files = dataset.files | {MANIFEST: sha256_bytes(stream.getvalue())}
    (folder / DATASET_INDEX).write_bytes(replace(dataset, shards=tuple(records), files=files).encode())


def without_split(file: str) -> str:
    """A shard's name as earlier releases wrote it."""
    return file.partition("-")[2]


def schema_2(fields: Fields) -> Fields:
    """A json without a cache key."""
    return {name: value for name, value in fields.items() if name != "cache_key"} | {"schema": 2}


def schema_1(fields: Fields) -> Fields:
    """A json with objects for texts, with nulls and without a cache key."""
    return read_metadata(json.dumps(schema_2(fields)).encode(), "json") | {"schema": 1}


def schema_0(fields: Fields) -> Fields:
    return {name: value for name, value in schema_1(fields).items() if name != "schema"}


def make_schema_2(folder: Path) -> None:
    """The version as the release before wrote it, with other keys, since the code was another."""
    rewrite(folder, schema_2, {"natocc.schema": "1"})
    _finish(folder)


def make_schema_1(folder: Path) -> None:
    """The version with objects in its jsons, and with names of shards without the split."""
    rewrite(folder, schema_1, {"natocc.schema": "1"}, without_split)
    _finish(folder)


def _finish(folder: Path) -> None:
    dataset = read_dataset(str(folder))
    shards = tuple(
        replace(record, cache_key=f"{number:064d}") for number, record in enumerate(dataset.shards)
    )
    version = folder.name
    (folder / DATASET_INDEX).write_bytes(replace(dataset, version=version, shards=shards).encode())
    point_latest(str(folder.parent), version)


def make_schema_0(folder: Path) -> None:
    """The version as the first releases wrote it: no numbers of schemas, no hashes of indexes."""
    rewrite(folder, schema_0, {}, without_split)
    fields = asdict(read_dataset(str(folder))) | {"format": "natocc-dataset/1"}
    del fields["written_by"]
    for shard in fields["shards"]:
        del shard["rows_sha256"]
    for name in ("max_failed", "max_rejected"):
        del fields["recipe"][name]
    (folder / DATASET_INDEX).write_text(json.dumps(fields, indent=1))
    (folder.parent / "latest.json").write_text(json.dumps({"version": folder.name}))
