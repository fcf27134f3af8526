"""Publish a finished version: check the shards, write tables and index, give the folder its name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from manifests.dataset import CARD, DATASET_INDEX, MANIFEST, Dataset, ShardRecord
from manifests.outcomes.row_groups import RowWriter
from manifests.outcomes.tally import OutcomeTally
from manifests.restore import description_of
from manifests.shard_plan import ShardPlan
from shards import storage
from shards.move import move_folder
from tasks.build.plan import Plan
from tasks.build.publish.index import describe_version
from tasks.build.publish.limits import NotFit, check_limits
from tasks.build.publish.restore import card_of, with_files
from tasks.build.publish.staged import NotAsRecorded, StagedShard, read_staged, remove_staged
from tasks.errors import BuildStopped
from tasks.render.shard import ROWS


def publish_version(plan: Plan, staging_url: str, version_url: str) -> tuple[Dataset, tuple[str, ...]]:
    """Publish the staged shards; returns the version, and the files that replaced others at its URL.

    Every shard is compared with its plan, its record and its hashes first. Raises NotFit for a version with
    too many failures or an empty set, BuildStopped for a shard that changed; then nothing is published.
    """
    dataset = _write_tables(plan, staging_url)
    _check_complete(dataset, staging_url)
    # A folder gets the name of another only if that is empty, of clutter too.
    if storage.list_names(version_url):
        return dataset, tuple(_fill(dataset, staging_url, version_url))
    move_folder(staging_url, version_url, last=DATASET_INDEX, without=ROWS)
    return dataset, ()


def read_all_staged(plans: Iterable[ShardPlan], staging_url: str) -> Iterator[StagedShard]:
    """The staged shards in the plan's order. Raises BuildStopped for one that is not as it was rendered."""
    try:
        for plan in plans:
            yield read_staged(staging_url, plan)
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


def _write_tables(plan: Plan, staging_url: str) -> Dataset:
    """Write manifest, card and index into the staging folder, and remove all files but the version's.

    The shards' own rows and records stay: if publishing stops, the next run needs them.
    """
    described, manifest_sha256 = _write_manifest(plan, staging_url)
    dataset = with_files(described, manifest_sha256)
    storage.write_bytes(storage.join(staging_url, CARD), card_of(dataset))
    # Killed workers leave temporary files.
    kept = {record.file for record in dataset.shards} | {MANIFEST, CARD, ROWS}
    for name in set(storage.list_names(staging_url)) - kept:
        storage.remove(storage.join(staging_url, name))
    storage.write_bytes(storage.join(staging_url, DATASET_INDEX), dataset.encode())
    return dataset


def _write_manifest(plan: Plan, staging_url: str) -> tuple[Dataset, str]:
    """Compare the shards one after the other, and write their rows; returns what describes the version, and
    the manifest's hash.
    """
    records: list[ShardRecord] = []
    tally = OutcomeTally()
    with storage.write_whole(storage.join(staging_url, MANIFEST)) as stream, RowWriter(stream) as writer:
        for shard in read_all_staged(plan.shards, staging_url):
            table = shard.table()
            records.append(shard.record)
            tally.add(table)
            writer.write(table)
        try:
            check_limits(plan.recipe, tally)
        except NotFit:
            # The next run renders these again, since a failure may have passed.
            for file in tally.shards_with_failures:
                remove_staged(staging_url, file)
            raise
        described = describe_version(plan, records, tally)
        writer.close(description_of(described))
    return described, writer.sha256


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
