"""The fields of ``dataset.json`` from their copy in the manifest."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from manifests.dataset import MANIFEST, Dataset, parse_dataset
from manifests.rows import Row, decode_rows, description_in, encode_rows
from shards import storage


def describe_manifest(dataset: Dataset, rows: list[Row]) -> bytes:
    """The manifest with its rows, and with the fields of ``dataset.json`` except the hashes of its files."""
    return encode_rows(rows, replace(dataset, files={}).encode())


def described_dataset(version_url: str) -> Dataset | None:
    """The dataset as its manifest describes it; None if the manifest is missing or damaged.

    Its ``files`` hold the manifest alone. The whole manifest is compared with what its rows give when they
    are written again, and the rows of every shard with their hash in its record.
    """
    url = storage.join(version_url, MANIFEST)
    try:
        data = storage.read_bytes(url)
        rows, description = decode_rows(data, url), description_in(data)
        if description is None or encode_rows(rows, description) != data:
            return None
        dataset = parse_dataset(description, url)
    except (OSError, ValueError):
        return None
    by_shard: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_shard[row.shard].append(row)
    for record in dataset.shards:
        if storage.sha256_bytes(encode_rows(by_shard[record.file])) != record.rows_sha256:
            return None
    return replace(dataset, files={MANIFEST: storage.sha256_bytes(data)})
