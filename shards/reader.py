"""Samples of a shard, in file order, and one sample by its key."""

from __future__ import annotations

import io
from collections.abc import Iterator

from shards import storage
from shards.tar import iterate


def read_shard(url: str) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Yield (key, members by extension). Raises tarfile.TarError for a damaged file."""
    yield from iterate(io.BytesIO(storage.read_bytes(url)))


def read_sample(url: str, key: str) -> dict[str, bytes]:
    """The members of one sample. Raises KeyError if the shard does not contain the key."""
    for found, members in read_shard(url):
        if found == key:
            return members
    raise KeyError(f"{url}: expected sample {key!r}, found none of that key")
