"""Samples that are copied from shards of earlier builds instead of being rendered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from manifests.outcomes.confirmed_code import ConfirmedCode
from manifests.rows import decode_rows
from shards.reader import BadShard, MissingShard, read_samples
from tasks.render.sample import SampleResult


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredShard:
    """A finished shard with samples to copy, and its hash."""

    url: str
    sha256: str
    # The rows of these samples as in the new shard, as Parquet.
    rows: bytes
    # By the new keys, those under which samples are stored, where they differ.
    former_keys: Mapping[str, str] = field(default_factory=dict)
    # Changes of code for which the samples were kept.
    confirmed: tuple[ConfirmedCode, ...] = ()
    # False if its version is not published: it may be removed at any time.
    published: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredResults:
    """Samples by cache key, and remarks on shards that could not be used."""

    samples: dict[str, SampleResult]
    confirmed: tuple[ConfirmedCode, ...] = ()
    remarks: tuple[str, ...] = ()


def read_stored(shards: Iterable[StoredShard]) -> StoredResults:
    """Read the samples, each shard's hash compared first, without those of a damaged or missing shard."""
    samples: dict[str, SampleResult] = {}
    confirmed: list[ConfirmedCode] = []
    remarks: list[str] = []
    for shard in shards:
        try:
            samples |= _samples(shard)
            confirmed += shard.confirmed
        except (BadShard, OSError) as error:
            if isinstance(error, MissingShard) and not shard.published:
                continue
            remarks.append(f"{error}; its samples are rendered again")
    return StoredResults(samples=samples, confirmed=tuple(confirmed), remarks=tuple(remarks))


def _samples(shard: StoredShard) -> dict[str, SampleResult]:
    """Raises BadShard for a shard that differs from its hash or lacks a kept sample, and OSError."""
    rows = decode_rows(shard.rows)
    found = {row.cache_key: SampleResult(row=row) for row in rows if row.verdict != "kept"}
    kept = {row.key: row for row in rows if row.verdict == "kept"}
    if not kept:
        return found
    for key, members in read_samples(shard.url, shard.sha256):
        if key in kept:
            row = kept.pop(key)
            former = shard.former_keys.get(row.cache_key)
            if former is not None:
                members = _with_key(members, former, row.cache_key, f"{shard.url}: sample {key}")
            found[row.cache_key] = SampleResult(row=row, members=members)
    if kept:
        raise BadShard(f"{shard.url}: expected sample {next(iter(kept))!r}, got none of that key")
    return found


def _with_key(members: dict[str, bytes], former: str, key: str, where: str) -> dict[str, bytes]:
    """The members with another ``cache_key`` in the json, whose other bytes stay."""
    data = members.get("json", b"")
    if (count := data.count(former.encode())) != 1:
        raise BadShard(f"{where}: expected its cache_key once in the json, got it {count} times")
    return members | {"json": data.replace(former.encode(), key.encode())}
