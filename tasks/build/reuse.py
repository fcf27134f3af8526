"""Find shards of a version that need not be rendered again."""

from __future__ import annotations

import json
from collections.abc import Sequence

from manifests.dataset import DATASET_INDEX, MANIFEST, ShardRecord, latest_version, read_dataset
from manifests.rows import decode_rows, encode_rows
from manifests.shard_plan import ShardPlan
from shards import storage
from tasks.render.shard import record_url, rows_url


def finished_shards(plans: Sequence[ShardPlan], staging_url: str) -> dict[str, ShardRecord]:
    """The shards that an interrupted run of this version finished, by file."""
    found = {plan.file: _finished(staging_url, plan) for plan in plans}
    return {file: record for file, record in found.items() if record is not None}


def copy_equal_shards(
    plans: Sequence[ShardPlan], staging_url: str, dataset_url: str
) -> dict[str, ShardRecord]:
    """Copy tar and rows of the latest version's shards with an equal key; by file."""
    latest = latest_version(dataset_url)
    if latest is None:
        return {}
    version_url = storage.join(dataset_url, latest)
    if not storage.exists(storage.join(version_url, DATASET_INDEX)):
        return {}
    by_key = {record.cache_key: record for record in read_dataset(version_url).shards}
    equal = [(plan, by_key[plan.cache_key]) for plan in plans if plan.cache_key in by_key]
    rows = decode_rows(storage.read_bytes(storage.join(version_url, MANIFEST))) if equal else []
    copied = {}
    for plan, record in equal:
        tar = storage.join(version_url, record.file)
        if not storage.exists(tar) or storage.sha256_of(tar) != record.sha256:
            continue
        storage.copy(tar, storage.join(staging_url, plan.file))
        shard_rows = [row for row in rows if row.shard == record.file]
        storage.write_bytes(rows_url(staging_url, plan.file), encode_rows(shard_rows))
        copied[plan.file] = record
    return copied


def _finished(folder: str, plan: ShardPlan) -> ShardRecord | None:
    """The shard's record if tar, rows and record exist and agree."""
    url, tar = record_url(folder, plan.file), storage.join(folder, plan.file)
    if not all(storage.exists(name) for name in (url, tar, rows_url(folder, plan.file))):
        return None
    record = ShardRecord(**json.loads(storage.read_bytes(url)))
    if record.cache_key != plan.cache_key or storage.sha256_of(tar) != record.sha256:
        return None
    return record
