"""``dataset.json`` again, from the copy of its fields in the manifest."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from manifests.card import write_card
from manifests.dataset import CARD, MANIFEST, Dataset, parse_dataset
from manifests.rows import Row, decode_rows, description_in, encode_rows
from shards import storage
from tasks.build.left_out import describe_left_out


def describe_manifest(dataset: Dataset, rows: list[Row]) -> bytes:
    """The manifest with its rows, and with the fields of ``dataset.json`` except the hashes of its files."""
    return encode_rows(rows, replace(dataset, files={}).encode())


def card_of(dataset: Dataset) -> bytes:
    """The card, which follows from the other fields of ``dataset.json``."""
    return write_card(dataset, describe_left_out(dataset.left_out)).encode()


def with_files(dataset: Dataset, manifest: bytes) -> Dataset:
    """The dataset with the hashes of its manifest and its card, which follow from it."""
    files = {
        MANIFEST: storage.sha256_bytes(manifest),
        CARD: storage.sha256_bytes(card_of(dataset)),
    }
    return replace(dataset, files=files)


def restore_dataset(version_url: str) -> Dataset | None:
    """The dataset as its manifest describes it; None if the manifest is missing or damaged.

    The whole manifest is compared with what its rows give when they are written again, and the rows of every
    shard with their hash in its record.
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
    return with_files(dataset, data)
