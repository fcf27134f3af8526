"""A version of an earlier release in today's schemas, with the bytes of its pictures, as a new version."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from pydantic import Field

from manifests.dataset import (
    CARD,
    DATASET_FORMAT,
    DATASET_INDEX,
    MANIFEST,
    Dataset,
    ShardRecord,
    latest_version,
    read_dataset,
    read_manifest,
)
from manifests.lineage import digest
from manifests.restore import describe_manifest
from manifests.rows import Row, encode_rows
from manifests.sample import JSON_TEXTS, SAMPLE_FIELDS, SAMPLE_SCHEMA, read_metadata, type_problems
from manifests.shard_plan import named_split, shard_prefix
from natocc.document import RELEASE, BadDocument
from shards import storage
from shards.check_output import check_folder
from shards.locking.lease import check_leases
from shards.move import move_folder
from shards.reader import read_shard
from shards.tar import TarWriter, add_sample
from tasks.build.lock import lock_version, remove_free_locks
from tasks.build.publish.restore import card_of, with_files
from tasks.build.reuse import STAGING
from tasks.errors import BuildStopped
from tasks.history.banned import refuse_withdrawn_version
from tasks.history.locate import LocatedVersion, locate_version
from tasks.history.record import record_version
from tasks.inputs import VersionOrBankUrl
from tasks.options import Options, Wait
from tasks.progress import OnProgress, ProgressCounter, ignore_progress

_AGAIN = "its samples cannot be brought up to date; build the version again with `natocc build`"


class UpgradeOptions(Options):
    """What to upgrade."""

    url: VersionOrBankUrl = Field(description="A version, a dataset (its latest version), or a bank.")
    wait: Wait = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeReport:
    """The upgraded version; the given one if nothing of it was of an earlier schema."""

    url: str
    dataset: Dataset
    # Of the new version; None if there is none.
    number: str | None = None
    instead_of: str | None = None
    # Whether latest.json names the new version.
    latest: bool = False
    # The parts that were of an earlier schema.
    upgraded: tuple[str, ...] = ()


def upgrade_version(options: UpgradeOptions, *, on_progress: OnProgress = ignore_progress) -> UpgradeReport:
    """Write a version again in today's schemas, under a new hash; nothing is rendered, the old one stays.

    ``on_progress`` counts shards. Raises BuildStopped for samples that lack what today's json states,
    and for a version with withdrawn inputs;
    BadDocument, BadRows, BadShard, BadMetadata for what is damaged.
    """
    located = locate_version(options.url)
    refuse_withdrawn_version(located)
    dataset = located.dataset
    rows = read_manifest(located.url, dataset)
    earlier = tuple(_earlier(located, rows))
    if not earlier:
        remove_free_locks(located.dataset_url)
        return UpgradeReport(url=located.url, dataset=dataset)
    version = digest([located.version, "upgraded", DATASET_FORMAT.schema, SAMPLE_SCHEMA])[:12]
    url = storage.join(located.dataset_url, version)
    with lock_version(located.dataset_url, version, wait=options.wait):
        if not _is_complete(url):
            _write_version(located, rows, version, on_progress)
        latest = latest_version(located.dataset_url) in (located.version, version)
        recorded = record_version(
            located.dataset_url,
            version,
            instead_of=located.version,
            latest=latest,
            wait=options.wait,
        )
    remove_free_locks(located.dataset_url)
    return UpgradeReport(
        url=url,
        dataset=read_dataset(url),
        number=recorded.entry.number,
        instead_of=located.version,
        latest=latest,
        upgraded=earlier,
    )


def _earlier(located: LocatedVersion, rows: Sequence[Row]) -> Iterator[str]:
    """The parts of a version that are of an earlier schema."""
    dataset = located.dataset
    if dataset.format != DATASET_FORMAT.tag:
        yield DATASET_INDEX
    if any(not row.cache_key for row in rows):
        yield MANIFEST
    if any(_name(record) != record.file for record in dataset.shards):
        yield "names of shards"
    if any(_schema(members) != SAMPLE_SCHEMA for members in _first_samples(located)):
        yield "json"


def _first_samples(located: LocatedVersion) -> Iterator[Mapping[str, bytes]]:
    record = next((record for record in located.dataset.shards if record.samples), None)
    if record is not None:
        yield next(read_shard(storage.join(located.url, record.file), record.sha256))[1]


def _schema(members: Mapping[str, bytes]) -> object:
    return json.loads(members["json"]).get("schema", 0)


def _name(record: ShardRecord) -> str:
    """The shard's name with its split in front, as readers that go by names expect."""
    if record.file.startswith(shard_prefix(record.split, record.set)):
        return record.file
    return f"{named_split(record.split)}-{record.file}"


def _is_complete(url: str) -> bool:
    """Whether the version lies there; what an interrupted move left in a bucket is no version."""
    try:
        read_dataset(url)
    except BadDocument:
        return False
    return True


def _write_version(
    located: LocatedVersion, rows: Sequence[Row], version: str, on_progress: OnProgress
) -> None:
    staging = storage.join(located.dataset_url, f"{STAGING}{version}")
    target = storage.join(located.dataset_url, version)
    check_folder(staging)
    for leftover in (staging, target):
        storage.remove(leftover)
    storage.make_folder(staging)
    by_shard: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_shard[row.shard].append(row)
    progress = ProgressCounter(on_progress, len(located.dataset.shards))
    records: list[ShardRecord] = []
    new_rows: list[Row] = []
    for record in located.dataset.shards:
        made, of_shard = _write_shard(located, record, by_shard[record.file], staging)
        records.append(made)
        new_rows += of_shard
        check_leases(staging)
        progress.add()
    described = replace(
        located.dataset,
        version=version,
        shards=tuple(records),
        files={},
        format=DATASET_FORMAT.tag,
        written_by=RELEASE,
        instead_of=located.version,
    )
    manifest = describe_manifest(described, new_rows)
    dataset = with_files(described, storage.sha256_bytes(manifest))
    storage.write_bytes(storage.join(staging, MANIFEST), manifest)
    storage.write_bytes(storage.join(staging, CARD), card_of(dataset))
    storage.write_bytes(storage.join(staging, DATASET_INDEX), dataset.encode())
    move_folder(staging, target, last=DATASET_INDEX)


def _write_shard(
    located: LocatedVersion, record: ShardRecord, rows: Sequence[Row], staging: str
) -> tuple[ShardRecord, list[Row]]:
    """Write a shard with today's json in its samples; returns its record and its rows."""
    source, file = storage.join(located.url, record.file), _name(record)
    new_rows = [
        replace(row, shard=file, cache_key=row.cache_key or _key_of(row, located.dataset)) for row in rows
    ]
    keys = {row.key: row.cache_key for row in new_rows}
    with storage.write_whole(storage.join(staging, file)) as stream:
        writer = TarWriter(stream)
        for key, members in read_shard(source, record.sha256):
            if key not in keys:
                raise BuildStopped(f"{source}: expected samples of the manifest, got {key!r}; {_AGAIN}")
            text = _upgraded_json(members.get("json", b""), keys[key], f"{source}: {key}")
            add_sample(writer, key, {**members, "json": text})
        writer.close()
    made = replace(
        record,
        file=file,
        cache_key=digest([row.cache_key for row in new_rows]),
        bytes=writer.size,
        sha256=writer.sha256,
        rows_sha256=storage.sha256_bytes(encode_rows(new_rows)),
    )
    return made, new_rows


def _key_of(row: Row, dataset: Dataset) -> str:
    """The hash of what an earlier release states of a sample. A build of this release has other keys."""
    inputs = {name: value for name, value in asdict(row).items() if name not in ("shard", "cache_key")}
    made_with = [dataset.code_version, dataset.libraries, dataset.networks, dataset.recipe]
    return digest([inputs, made_with])


def _upgraded_json(data: bytes, cache_key: str, where: str) -> bytes:
    """The json of a sample in today's schema. Raises BuildStopped if it lacks a field."""
    old = read_metadata(data, where)
    values = old | {"schema": SAMPLE_SCHEMA, "cache_key": old.get("cache_key") or cache_key}
    for name in JSON_TEXTS:
        values[name] = json.dumps(old[name]) if old.get(name) is not None else ""
    values["face"] = _without_none(old.get("face"))
    values["occluder"] = _without_none(old.get("occluder")) or _empty(SAMPLE_FIELDS["occluder"])
    values["backends"] = _without_none(old.get("backends"))
    fields = {name: values[name] for name in SAMPLE_FIELDS if name in values}
    for problem in type_problems(fields):
        raise BuildStopped(f"{where}: {problem}; {_AGAIN}")
    return json.dumps(fields).encode()


def _without_none(values: Any) -> dict[str, Any]:
    """Empty texts for what an earlier schema left open."""
    return {name: "" if value is None else value for name, value in (values or {}).items()}


def _empty(fields: Mapping[str, Any]) -> dict[str, Any]:
    return dict.fromkeys(fields, "")
