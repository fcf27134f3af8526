"""Versions without shards, in a dataset's folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from manifests.dataset import DATASET_INDEX, MANIFEST
from manifests.rows import Row, encode_rows
from shards.storage import sha256_bytes, write_bytes
from tests.manifests.inputs import dataset


def put(root: str, version: str, rows: Sequence[Row], *, instead_of: str | None = None) -> str:
    """Write a version; returns its name."""
    data = encode_rows(rows)
    described = replace(
        dataset(),
        version=version,
        counts={"kept": len(rows)},
        files={MANIFEST: sha256_bytes(data)},
        instead_of=instead_of,
    )
    write_bytes(f"{root}/{version}/{MANIFEST}", data)
    write_bytes(f"{root}/{version}/{DATASET_INDEX}", described.encode())
    return version
