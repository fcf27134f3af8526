"""The fields of ``dataset.json`` from their copy in the manifest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pyarrow.compute as pc

from manifests.dataset import MANIFEST, Dataset, parse_dataset
from manifests.outcomes.row_groups import description_in, encode_manifest
from manifests.rows import Row, decode_table, encode_table, table_of
from shards import storage


def describe_manifest(dataset: Dataset, rows: Sequence[Row]) -> bytes:
    """The manifest with its rows, and with what describes the version."""
    return encode_manifest([table_of(rows)], description_of(dataset))


def description_of(dataset: Dataset) -> bytes:
    """The fields of ``dataset.json`` except the hashes of its files, which the manifest holds too."""
    return replace(dataset, files={}).encode()


def described_dataset(version_url: str) -> Dataset | None:
    """The dataset as its manifest describes it; None if the manifest is missing or damaged.

    Its ``files`` hold the manifest alone. The whole manifest is compared with what its rows give when they
    are written again, and the rows of every shard with their hash in its record.
    """
    url = storage.join(version_url, MANIFEST)
    try:
        data = storage.read_bytes(url)
        table, description = decode_table(data, url), description_in(data)
        if description is None or encode_manifest([table], description) != data:
            return None
        dataset = parse_dataset(description, url)
    except (OSError, ValueError):
        return None
    for record in dataset.shards:
        rows = table.filter(pc.equal(table["shard"], record.file))
        if storage.sha256_bytes(encode_table(rows)) != record.rows_sha256:
            return None
    return replace(dataset, files={MANIFEST: storage.sha256_bytes(data)})
