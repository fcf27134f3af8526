"""A version without some of its samples: rows dropped, members copied, untouched shards linked.

Nothing is rendered, so that code and bank of the version may be gone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from manifests.dataset import (
    CARD,
    DATASET_INDEX,
    MANIFEST,
    Dataset,
    ShardRecord,
    read_dataset,
)
from manifests.lineage import digest
from manifests.outcomes.tally import count_outcomes
from manifests.restore import describe_manifest
from manifests.rows import Row, encode_rows
from natocc.document import BadDocument
from shards import storage
from shards.move import link_or_copy, move_folder
from shards.reader import BadShard, read_shard
from shards.tar import TarWriter, add_sample
from tasks.build.lock import lock_version
from tasks.build.publish.restore import card_of, with_files
from tasks.build.reuse import STAGING
from tasks.errors import BuildStopped

# The field of ``left_out`` with the withdrawn samples by set.
_LEFT_OUT = "withdrawn"


def name_without(version: str, keys: Collection[str]) -> str:
    """The name of a version without the samples of these keys. Equal versions get equal names."""
    return digest([version, "without", sorted(keys)])[:12]


def publish_without(
    dataset_url: str, dataset: Dataset, rows: Sequence[Row], keys: Collection[str], *, wait: bool
) -> str | None:
    """Publish a version of a dataset without the samples ``keys``; returns its name, None if none is left.

    A finished one is kept, an unfinished one is made again. Raises BuildStopped for a damaged shard, and for
    another version in the place of the new one; InUse if another run makes it, unless ``wait``.
    """
    left = [row for row in rows if row.key not in keys]
    if not left:
        return None
    name = name_without(dataset.version, keys)
    url, staging = storage.join(dataset_url, name), storage.join(dataset_url, f"{STAGING}{name}")
    with lock_version(dataset_url, name, wait=wait):
        if not _is_finished(url, name):
            storage.remove(staging)
            storage.make_folder(staging)
            source = storage.join(dataset_url, dataset.version)
            records = _write_shards(dataset, source, staging, left, keys)
            _write_tables(_described(dataset, name, records, left, rows), left, staging)
            move_folder(staging, url, last=DATASET_INDEX)
    return name


def _is_finished(url: str, name: str) -> bool:
    names = storage.list_names(url, data_alone=True)
    if DATASET_INDEX not in names:
        if names and storage.is_local(url):
            raise BuildStopped(f"{url}: expected a version or nothing, got {names[0]} in it; move it away")
        return False
    try:
        found = read_dataset(url).version
    except BadDocument as error:
        raise BuildStopped(f"{error}; or remove {url}, and run the same command again") from error
    if found != name:
        raise BuildStopped(f"{url}: expected version {name}, got {found}; move it away")
    return True


def _write_shards(
    dataset: Dataset, source: str, staging: str, left: Sequence[Row], keys: Collection[str]
) -> tuple[ShardRecord, ...]:
    """The shards that still have rows. A shard all of whose rows are left is linked or copied."""
    by_shard: dict[str, list[Row]] = defaultdict(list)
    for row in left:
        by_shard[row.shard].append(row)
    records: list[ShardRecord] = []
    for record in dataset.shards:
        rows = by_shard[record.file]
        if not rows:
            continue
        place, target = storage.join(source, record.file), storage.join(staging, record.file)
        if len(rows) == sum(record.counts.values()):
            link_or_copy(place, target)
        else:
            record = _write_shard(place, target, record, rows)
        # Versions of earlier releases do not have it, or had it with other columns.
        records.append(replace(record, rows_sha256=storage.sha256_bytes(encode_rows(rows))))
    return tuple(records)


def _write_shard(source: str, target: str, record: ShardRecord, rows: Sequence[Row]) -> ShardRecord:
    """Copy the members of the kept samples among the rows. Raises BuildStopped for a damaged shard."""
    kept = {row.key for row in rows if row.verdict == "kept"}
    try:
        with storage.write_whole(target) as stream:
            writer = TarWriter(stream)
            for key, members in read_shard(source, record.sha256):
                if key in kept:
                    add_sample(writer, key, members)
                    kept.remove(key)
            writer.close()
    except BadShard as error:
        raise BuildStopped(str(error)) from error
    if kept:
        raise BuildStopped(f"{source}: expected sample {min(kept)} as in {MANIFEST}, got none of that key")
    counts = count_outcomes(rows)
    return replace(
        record,
        # As a build names a shard of these samples.
        cache_key=digest([row.cache_key or row.key for row in rows]),
        samples=counts["kept"],
        counts=counts,
        bytes=writer.size,
        sha256=writer.sha256,
    )


def _described(
    dataset: Dataset,
    name: str,
    records: tuple[ShardRecord, ...],
    left: Sequence[Row],
    rows: Sequence[Row],
) -> Dataset:
    sets = dict.fromkeys(row.set for row in left)
    reasons = Counter(f"{row.verdict}: {row.reason}" for row in left if row.verdict == "rejected")
    return replace(
        dataset,
        version=name,
        counts=count_outcomes(left),
        counts_by_set={of: count_outcomes(row for row in left if row.set == of) for of in sets},
        left_out=dataset.left_out
        | {
            "rejected": dict(sorted(reasons.items())),
            _LEFT_OUT: _withdrawn_by_set(dataset.left_out.get(_LEFT_OUT, {}), left, rows),
        },
        shards=records,
        files={},
        instead_of=dataset.version,
    )


def _withdrawn_by_set(before: Mapping[str, int], left: Sequence[Row], rows: Sequence[Row]) -> dict[str, int]:
    counts = Counter(row.set for row in rows)
    counts.subtract(Counter(row.set for row in left))
    return dict(sorted((counts + Counter(before)).items()))


def _write_tables(dataset: Dataset, rows: list[Row], staging: str) -> None:
    """Manifest, card and index, in this order."""
    manifest = describe_manifest(dataset, rows)
    dataset = with_files(dataset, storage.sha256_bytes(manifest))
    storage.write_bytes(storage.join(staging, MANIFEST), manifest)
    storage.write_bytes(storage.join(staging, CARD), card_of(dataset))
    storage.write_bytes(storage.join(staging, DATASET_INDEX), dataset.encode())
