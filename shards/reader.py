"""Samples of a shard, in file order, and one sample by its key."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from shards import storage
from shards.tar import iterate

_ADVICE = "run the `natocc build` or `natocc prepare` that made it again, which repairs it"


class BadShard(ValueError):
    """A shard that is no whole tar of samples, or lacks a sample. The message names it."""


class MissingShard(BadShard):
    """There is no such file."""


def read_whole(url: str, sha256: str | None = None) -> bytes:
    """The bytes of a shard. Raises MissingShard if there is none, BadShard for another ``sha256``."""
    try:
        data = storage.read_bytes(url)
    except FileNotFoundError as error:
        raise MissingShard(
            f"{url}: expected the shard that the index lists, got no file; {_ADVICE}"
        ) from error
    if sha256 is not None and storage.sha256_bytes(data) != sha256:
        raise _other_bytes(url)
    return data


def read_samples(url: str, sha256: str) -> list[tuple[str, dict[str, bytes]]]:
    """All samples of a shard as from ``read_shard``. A thread computes the hash while they are copied."""
    data = read_whole(url)
    with ThreadPoolExecutor(1) as pool:
        hashing = pool.submit(storage.sha256_bytes, data)
        try:
            samples = list(iterate(data))
        except Exception as error:
            raise (_other_bytes(url) if hashing.result() != sha256 else _damaged(url, error)) from error
        if hashing.result() != sha256:
            raise _other_bytes(url)
    return samples


def read_shard(url: str, sha256: str | None = None) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Yield (key, members by extension). Raises BadShard for damaged files and for another ``sha256``."""
    data = read_whole(url, sha256)
    try:
        yield from iterate(data)
    except Exception as error:
        # Damaged headers raise errors of many kinds.
        raise _damaged(url, error) from error


def read_sample(url: str, key: str, sha256: str | None = None) -> dict[str, bytes]:
    """The members of one sample. Raises BadShard as ``read_shard``, and if the shard lacks the key."""
    for found, members in read_shard(url, sha256):
        if found == key:
            return members
    raise BadShard(f"{url}: expected sample {key!r}, got none of that key; {_ADVICE}")


def _other_bytes(url: str) -> BadShard:
    return BadShard(f"{url}: expected the shard that the index lists, got other bytes; {_ADVICE}")


def _damaged(url: str, error: Exception) -> BadShard:
    return BadShard(f"{url}: expected a whole tar, got a damaged one ({error}); {_ADVICE}")
