"""Find what a version need not render again: whole shards and single samples, by their keys.

All that is reused has its hash compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import accumulate

import pyarrow as pa
import pyarrow.compute as pc

from manifests.dataset import (
    Dataset,
    ShardRecord,
    latest_version,
    open_rows,
    read_dataset,
    read_shard_record,
    write_shard_record,
)
from manifests.rows import BadRows, decode_table, encode_table
from manifests.shard_plan import ShardPlan
from natocc.document import BadDocument
from shards import storage
from shards.move import link_or_copy
from tasks.build.publish.staged import (
    NotAsRecorded,
    clear_names,
    is_started,
    read_staged,
    read_staged_rows,
    remove_staged,
)
from tasks.build.stored_samples import FinishedShard, StoredSamples, with_shard
from tasks.render.shard import ROWS, record_url, rows_url

# Of the folder of a version that is not published yet.
STAGING = ".building-"
_FOR_KEYS = ("cache_key", "verdict")
# Shards that are taken over at a time.
_THREADS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Reused:
    """Finished shards in the staging folder, by file; samples for the other shards; remarks on damage."""

    records: dict[str, ShardRecord]
    samples: StoredSamples = field(default_factory=StoredSamples)
    remarks: tuple[str, ...] = ()
    # The latest version; None if there is none, or if it is damaged.
    latest: Dataset | None = None


def reuse_shards(plans: Sequence[ShardPlan], staging_url: str, dataset_url: str) -> Reused:
    """Finished shards of an interrupted run of this version, then shards and samples of other versions.

    The latest version and unpublished ones are searched. Their shards of equal keys are linked or copied into
    the staging folder. Raises BadDocument if ``latest.json`` is of a later release.
    """
    here = finished_shards(plans, staging_url)
    left = [plan for plan in plans if plan.file not in here.records]
    if not left:
        return here
    records, remarks = dict(here.records), list(here.remarks)
    latest, found, damage = _published(dataset_url)
    found += _unpublished(dataset_url, staging_url)
    by_key: dict[str, list[FinishedShard]] = defaultdict(list)
    for shard in found:
        by_key[shard.record.cache_key].append(shard)
    damaged: set[str] = set()
    # The disk and Parquet's coding leave Python to other threads.
    with ThreadPoolExecutor(_THREADS) as pool:
        taken = pool.map(lambda plan: _take_first(by_key.get(plan.cache_key, ()), staging_url, plan), left)
        for plan, (record, errors) in zip(left, taken, strict=True):
            records |= {plan.file: record} if record else {}
            damaged |= {shard.url for shard, _ in errors}
            remarks += [_not_reused(error) for shard, error in errors if shard.published]
    samples = StoredSamples(shard for shard in found if shard.url not in damaged)
    return Reused(records=records, samples=samples, remarks=(*remarks, *damage), latest=latest)


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


def _published(dataset_url: str) -> tuple[Dataset | None, list[FinishedShard], list[str]]:
    """The latest version, its shards, and remarks on what is damaged there."""
    try:
        latest = latest_version(dataset_url)
        if latest is None:
            return None, [], []
        url = storage.join(dataset_url, latest)
        dataset = read_dataset(url)
        return dataset, published_shards(url, dataset), []
    except (BadDocument, BadRows) as error:
        problem = getattr(error, "problem", "damaged")
        if problem == "newer":
            raise
        # A version that was deleted is no damage.
        return None, [], [] if problem == "missing" else [f"{error}; no shard is reused"]


def published_shards(url: str, dataset: Dataset) -> list[FinishedShard]:
    """The shards of a version, whose rows follow each other in the manifest. Raises BadRows."""
    rows = open_rows(url, dataset)
    keys = _keys_of(rows.columns(_FOR_KEYS))
    stops = list(accumulate(sum(record.counts.values()) for record in dataset.shards))
    return [
        FinishedShard(
            url=storage.join(url, record.file),
            record=record,
            keys=keys[start:stop],
            table=partial(rows.slice, start, stop),
            published=True,
        )
        for record, start, stop in zip(dataset.shards, [0, *stops], stops, strict=False)
    ]


def _keys_of(table: pa.Table) -> list[str]:
    """The keys of samples that may be taken over, "" for the others."""
    failed = pc.equal(table["verdict"], "failed")
    keys: list[str] = pc.if_else(failed, "", table["cache_key"]).to_pylist()
    return keys


def _unpublished(dataset_url: str, staging_url: str) -> list[FinishedShard]:
    """The shards that builds of other versions finished and did not publish."""
    found: list[FinishedShard] = []
    for name in storage.list_names(dataset_url):
        folder = storage.join(dataset_url, name)
        if name.startswith(STAGING) and folder != staging_url:
            found += _readable_shards(folder)
    return found


def _readable_shards(folder: str) -> Iterator[FinishedShard]:
    """Finished shards; those whose files changed or can't be read are left out, as a build may work there."""
    for name in storage.list_names(storage.join(folder, ROWS)):
        if name.endswith(".json"):
            try:
                record = read_shard_record(storage.join(folder, ROWS, name))
                keys = _keys_of(decode_table(read_staged_rows(folder, record), folder, _FOR_KEYS))
            except (NotAsRecorded, BadDocument, BadRows, OSError):
                continue
            url = storage.join(folder, record.file)
            table = partial(_staged_table, folder, record)
            yield FinishedShard(url=url, record=record, keys=keys, table=table, published=False)


def _staged_table(folder: str, record: ShardRecord) -> pa.Table:
    return decode_table(read_staged_rows(folder, record), folder)


def _take_first(
    shards: Iterable[FinishedShard], staging_url: str, plan: ShardPlan
) -> tuple[ShardRecord | None, list[tuple[FinishedShard, Exception]]]:
    """Take over the first usable shard; returns its record, and the shards before it with their errors."""
    errors: list[tuple[FinishedShard, Exception]] = []
    for shard in shards:
        try:
            return take_over(shard, staging_url, plan), errors
        except (NotAsRecorded, OSError) as error:
            errors.append((shard, error))
    return None, errors


def take_over(shard: FinishedShard, staging_url: str, plan: ShardPlan) -> ShardRecord:
    """Link or copy a shard. Raises NotAsRecorded for a file that differs from its record, or OSError."""
    rows = encode_table(with_shard(shard.table(), plan.file))
    record = replace(shard.record, file=plan.file, rows_sha256=storage.sha256_bytes(rows))
    try:
        link_or_copy(shard.url, storage.join(staging_url, plan.file))
        storage.write_bytes(rows_url(staging_url, plan.file), rows)
        write_shard_record(record_url(staging_url, plan.file), record)
        return read_staged(staging_url, plan).record
    except (NotAsRecorded, OSError):
        remove_staged(staging_url, plan.file)
        raise
