"""Find shards of a version that need not be rendered again. All that is reused has its hash compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from manifests.dataset import (
    Dataset,
    ShardRecord,
    latest_version,
    read_dataset,
    read_manifest,
    read_shard_record,
    write_shard_record,
)
from manifests.rows import BadRows, Row, encode_rows
from manifests.shard_plan import ShardPlan
from natocc.document import BadDocument
from shards import storage
from tasks.build.publish.staged import NotAsRecorded, clear_names, is_started, read_staged, remove_staged
from tasks.render.shard import ROWS, record_url, rows_url

# Of the folder of a version that is not published yet.
STAGING = ".building-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reused:
    """Finished shards in the staging folder, by file, and remarks on what could not be reused."""

    records: dict[str, ShardRecord]
    remarks: tuple[str, ...] = ()


def reuse_shards(plans: Sequence[ShardPlan], staging_url: str, dataset_url: str) -> Reused:
    """Finished shards of an interrupted run of this version, then equal shards of other versions.

    The latest version and unpublished ones are searched; their shards are copied into the staging folder.
    Raises BadDocument if ``latest.json`` is of a later release.
    """
    records: dict[str, ShardRecord] = {}
    remarks: list[str] = []
    for search in (_finished_here, copy_equal_shards, copy_unpublished_shards):
        left = [plan for plan in plans if plan.file not in records]
        reused = search(left, staging_url, dataset_url) if left else Reused(records={})
        records |= reused.records
        remarks += reused.remarks
    return Reused(records=records, remarks=tuple(remarks))


def finished_shards(plans: Sequence[ShardPlan], staging_url: str) -> Reused:
    """The shards that an interrupted run of this version finished."""
    records: dict[str, ShardRecord] = {}
    remarks: list[str] = []
    for plan in plans:
        remarks += clear_names(staging_url, plan.file)
        if is_started(staging_url, plan):
            try:
                records[plan.file] = read_staged(staging_url, plan).record
            except NotAsRecorded as error:
                remarks.append(_not_reused(error))
    return Reused(records=records, remarks=tuple(remarks))


def _not_reused(error: Exception) -> str:
    """The remark on a shard that is not reused, without advice: nothing has to be done."""
    return f"{str(error).removesuffix('; run the same command again')}; the shard is rendered again"


def _finished_here(plans: Sequence[ShardPlan], staging_url: str, dataset_url: str) -> Reused:
    return finished_shards(plans, staging_url)


def copy_equal_shards(plans: Sequence[ShardPlan], staging_url: str, dataset_url: str) -> Reused:
    """Copy tar and rows of the latest version's shards with an equal key."""
    try:
        latest = latest_version(dataset_url)
        if latest is None:
            return Reused(records={})
        url = storage.join(dataset_url, latest)
        dataset = read_dataset(url)
        by_key = {record.cache_key: record for record in dataset.shards}
        equal = [(plan, by_key[plan.cache_key]) for plan in plans if plan.cache_key in by_key]
        rows = _rows_by_shard(url, dataset) if equal else {}
    except (BadDocument, BadRows) as error:
        problem = getattr(error, "problem", "damaged")
        if problem == "newer":
            raise
        # A version that was deleted is no damage.
        return Reused(records={}, remarks=() if problem == "missing" else (f"{error}; no shard is reused",))
    records: dict[str, ShardRecord] = {}
    remarks: list[str] = []
    for plan, record in equal:
        try:
            records[plan.file] = _copy_shard(url, staging_url, plan, record, rows[record.file])
        except (NotAsRecorded, OSError) as error:
            remarks.append(_not_reused(error))
    return Reused(records=records, remarks=tuple(remarks))


def copy_unpublished_shards(plans: Sequence[ShardPlan], staging_url: str, dataset_url: str) -> Reused:
    """Copy shards with an equal key that builds of other versions finished and did not publish."""
    by_key = {plan.cache_key: plan for plan in plans}
    records: dict[str, ShardRecord] = {}
    for name in storage.list_names(dataset_url):
        folder = storage.join(dataset_url, name)
        if not name.startswith(STAGING) or folder == staging_url:
            continue
        for record in _readable_records(folder):
            plan = by_key.get(record.cache_key)
            if plan is not None and plan.file not in records:
                copied = _copy_unpublished(folder, staging_url, plan)
                records |= {} if copied is None else {plan.file: copied}
    return Reused(records=records)


def _rows_by_shard(url: str, dataset: Dataset) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in read_manifest(url, dataset):
        rows[row.shard].append(row)
    return rows


def _copy_shard(
    version_url: str, staging_url: str, plan: ShardPlan, record: ShardRecord, rows: Sequence[Row]
) -> ShardRecord:
    """Copy a published shard. Raises NotAsRecorded for a copy that differs from its record, or OSError."""
    rows_data = encode_rows(rows)
    storage.copy(storage.join(version_url, record.file), storage.join(staging_url, plan.file))
    storage.write_bytes(rows_url(staging_url, plan.file), rows_data)
    hashed = replace(record, rows_sha256=record.rows_sha256 or storage.sha256_bytes(rows_data))
    write_shard_record(record_url(staging_url, plan.file), hashed)
    return _checked(staging_url, plan)


def _copy_unpublished(folder: str, staging_url: str, plan: ShardPlan) -> ShardRecord | None:
    """Copy a shard; None if its files changed or can't be read, as another process may work on them."""
    try:
        for place in (storage.join, rows_url, record_url):
            storage.copy(place(folder, plan.file), place(staging_url, plan.file))
        return _checked(staging_url, plan)
    except (NotAsRecorded, OSError):
        remove_staged(staging_url, plan.file)
        return None


def _checked(staging_url: str, plan: ShardPlan) -> ShardRecord:
    try:
        return read_staged(staging_url, plan).record
    except NotAsRecorded:
        remove_staged(staging_url, plan.file)
        raise


def _readable_records(folder: str) -> Iterator[ShardRecord]:
    for name in storage.list_names(storage.join(folder, ROWS)):
        if name.endswith(".json"):
            try:
                yield read_shard_record(storage.join(folder, ROWS, name))
            except (BadDocument, OSError):
                continue
