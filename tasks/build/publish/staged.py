"""Finished shards in the staging folder: each is compared with its record and its plan."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from manifests.dataset import ShardRecord, read_shard_record
from manifests.outcomes.tally import OutcomeTally
from manifests.rows import decode_table
from manifests.shard_plan import ShardPlan
from shards import storage
from tasks.render.shard import ROWS, record_url, rows_url

# Columns that are compared with plan and record.
_CHECKED = ("face_id", "repeat", "cache_key", "shard", "set", "verdict", "reason", "key")


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedShard:
    """A finished shard: its record, and its rows as Parquet, one for every planned sample."""

    record: ShardRecord
    rows: bytes

    def table(self) -> pa.Table:
        """Decode the rows."""
        return decode_table(self.rows, self.record.file)


class NotAsRecorded(ValueError):
    """A file of a staged shard is missing, damaged, or not what its record and plan say."""


def is_started(folder: str, plan: ShardPlan) -> bool:
    """Whether the folder has a record of the shard, sound or not."""
    return storage.exists(record_url(folder, plan.file))


def read_staged(folder: str, plan: ShardPlan) -> StagedShard:
    """The shard, with every hash compared. Raises NotAsRecorded with the first difference."""
    url = record_url(folder, plan.file)
    try:
        record = read_shard_record(url)
        rows = read_staged_rows(folder, record)
        where = rows_url(folder, plan.file)
        _check_rows(where, decode_table(rows, where, _CHECKED), plan, record)
        _check_tar(storage.join(folder, plan.file), record)
    except NotAsRecorded:
        raise
    except (OSError, ValueError) as error:
        raise NotAsRecorded(f"{url}: {error}") from error
    return StagedShard(record=record, rows=rows)


def clear_names(folder: str, file: str) -> tuple[str, ...]:
    """Remove folders that lie under the names of a shard's files, and a file under that of their folder.

    They would end the build when it writes there. Returns a remark on each.
    """
    if not storage.is_local(folder):
        return ()
    rows = storage.join(folder, ROWS)
    wrong = [(rows, "a folder", "a file")] if storage.exists(rows) and not storage.is_folder(rows) else []
    files = (record_url(folder, file), rows_url(folder, file), storage.join(folder, file))
    wrong += [(url, "a file", "a folder") for url in files if storage.is_folder(url)]
    for url, _, _ in wrong:
        storage.remove(url)
    return tuple(f"{url}: expected {kind}, got {found}; removed" for url, kind, found in wrong)


def remove_staged(folder: str, file: str) -> None:
    """Remove a shard's files, the record first: without it the shard does not count as finished."""
    for url in (record_url(folder, file), rows_url(folder, file), storage.join(folder, file)):
        storage.remove(url)


def _check_tar(url: str, record: ShardRecord) -> None:
    """Compare a tar with its record, size and hash. Raises NotAsRecorded."""
    size = storage.size_of(url)
    if size != record.bytes:
        raise NotAsRecorded(f"{url}: expected {record.bytes} bytes as recorded, got {size}")
    found = storage.sha256_of(url)
    if found != record.sha256:
        raise NotAsRecorded(f"{url}: expected sha256 {record.sha256} as recorded, got {found}")


def read_staged_rows(folder: str, record: ShardRecord) -> bytes:
    """The rows of a finished shard as Parquet. Raises NotAsRecorded for others than recorded, OSError."""
    url = rows_url(folder, record.file)
    data = storage.read_bytes(url)
    found = storage.sha256_bytes(data)
    if found != record.rows_sha256:
        raise NotAsRecorded(f"{url}: expected sha256 {record.rows_sha256} as recorded, got {found}")
    return data


def _check_rows(where: str, table: pa.Table, plan: ShardPlan, record: ShardRecord) -> None:
    """Compare rows and record with the plan. Raises NotAsRecorded."""
    if (record.file, record.cache_key) != (plan.file, plan.cache_key):
        raise NotAsRecorded(
            f"{where}: expected shard {plan.file} of key {plan.cache_key}, got {record.file} of "
            f"{record.cache_key}"
        )
    attempted = [table[name].to_pylist() for name in ("face_id", "repeat", "cache_key")]
    planned = [(sample.face, sample.repeat, sample.cache_key) for sample in plan.samples]
    places = {(name, value.as_py()) for name in ("shard", "set") for value in table[name].unique()}
    if list(zip(*attempted, strict=True)) != planned or places != {("shard", plan.file), ("set", plan.set)}:
        raise NotAsRecorded(
            f"{where}: expected a row for each of {len(plan.samples)} planned samples in order, got others"
        )
    tally = OutcomeTally()
    tally.add(table)
    counts = tally.counts
    if (record.counts, record.samples) != (counts, counts["kept"]):
        raise NotAsRecorded(f"{where}: expected counts {record.counts} as recorded, got {counts}")
