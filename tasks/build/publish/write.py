"""Publish a finished version: check the shards, write tables and index, give the folder its name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from manifests.dataset import CARD, DATASET_INDEX, MANIFEST, Dataset, ShardRecord
from manifests.restore import describe_manifest
from manifests.rows import Row
from manifests.shard_plan import ShardPlan
from shards import storage
from shards.move import move_folder
from tasks.build.plan import Plan
from tasks.build.publish.index import describe_version
from tasks.build.publish.limits import NotFit, check_limits, shards_with_failures
from tasks.build.publish.restore import card_of, with_files
from tasks.build.publish.staged import NotAsRecorded, StagedShard, read_staged, remove_staged
from tasks.errors import BuildStopped
from tasks.render.shard import ROWS


def publish_version(plan: Plan, staging_url: str, version_url: str) -> tuple[Dataset, tuple[str, ...]]:
    """Publish the staged shards; returns the version, and the files that replaced others at its URL.

    Every shard is compared with its plan, its record and its hashes first. Raises NotFit for a version with
    too many failures or an empty set, BuildStopped for a shard that changed; then nothing is published.
    """
    shards = read_all_staged(plan.shards, staging_url)
    rows = [row for shard in shards for row in shard.rows]
    try:
        check_limits(plan.recipe, rows)
    except NotFit:
        # The next run renders these again, since a failure may have passed.
        for file in shards_with_failures(rows):
            remove_staged(staging_url, file)
        raise
    dataset = _write_tables(plan, [shard.record for shard in shards], rows, staging_url)
    _check_complete(dataset, staging_url)
    # A folder gets the name of another only if that is empty, of clutter too.
    if storage.list_names(version_url):
        return dataset, tuple(_fill(dataset, staging_url, version_url))
    move_folder(staging_url, version_url, last=DATASET_INDEX, without=ROWS)
    return dataset, ()


def read_all_staged(plans: Sequence[ShardPlan], staging_url: str) -> list[StagedShard]:
    """The staged shards in the plan's order. Raises BuildStopped for one that is not as it was rendered."""
    try:
        return [read_staged(staging_url, plan) for plan in plans]
    except NotAsRecorded as error:
        raise BuildStopped(
            f"{error}: a file changed after it was rendered; nothing was published; run the same command "
            "again, which renders this shard again"
        ) from error


def replace_file(source: str, target: str, sha256: str) -> None:
    """Copy a file over another, which readers see whole, old or new. Raises BuildStopped for a bad copy."""
    storage.copy(source, target)
    found = storage.sha256_of(target)
    if found != sha256:
        raise BuildStopped(
            f"{target}: expected sha256 {sha256} as in {source}, got {found}: the copy is damaged; check the "
            "disk and run the same command again"
        )


def _write_tables(plan: Plan, records: Sequence[ShardRecord], rows: list[Row], staging_url: str) -> Dataset:
    """Write manifest, card and index into the staging folder, and remove all files but the version's.

    The shards' own rows and records stay: if publishing stops, the next run needs them.
    """
    described = describe_version(plan, records, rows)
    manifest = describe_manifest(described, rows)
    dataset = with_files(described, storage.sha256_bytes(manifest))
    storage.write_bytes(storage.join(staging_url, MANIFEST), manifest)
    storage.write_bytes(storage.join(staging_url, CARD), card_of(dataset))
    # Killed workers leave temporary files.
    kept = {record.file for record in records} | {MANIFEST, CARD, ROWS}
    for name in set(storage.list_names(staging_url)) - kept:
        storage.remove(storage.join(staging_url, name))
    storage.write_bytes(storage.join(staging_url, DATASET_INDEX), dataset.encode())
    return dataset


def _check_complete(dataset: Dataset, staging_url: str) -> None:
    """Compare names and sizes with the index, just before the folder gets its name."""
    sizes = {record.file: record.bytes for record in dataset.shards}
    expected = sorted([*sizes, *dataset.files, DATASET_INDEX])
    found = [name for name in storage.list_names(staging_url, data_alone=True) if name != ROWS]
    wrong = [
        name for name in sizes if name in found and storage.size_of(f"{staging_url}/{name}") != sizes[name]
    ]
    if found != expected or wrong:
        names = sorted({*wrong, *(set(found) ^ set(expected))})
        raise BuildStopped(
            f"{staging_url}: expected the finished files of the version alone, got others in "
            f"{', '.join(names)}: another process writes here; end it and run the same command again"
        )


def _fill(dataset: Dataset, staging_url: str, version_url: str) -> Iterator[str]:
    """Replace differing files of a folder that has no readable index, the index last; yield their names."""
    hashes = {record.file: record.sha256 for record in dataset.shards} | dataset.files
    hashes[DATASET_INDEX] = storage.sha256_of(storage.join(staging_url, DATASET_INDEX))
    for name, sha256 in hashes.items():
        target = storage.join(version_url, name)
        if not is_intact(target, sha256):
            replace_file(storage.join(staging_url, name), target, sha256)
            yield name
    storage.remove(staging_url)


def is_intact(url: str, sha256: str) -> bool:
    """Whether there is a readable file of this hash."""
    try:
        return storage.sha256_of(url) == sha256
    except OSError:
        return False
