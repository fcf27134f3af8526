"""A version that exists already: what is damaged in it, and its repair."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from manifests.dataset import CARD, DATASET_INDEX, MANIFEST, Dataset, ShardRecord, read_dataset
from manifests.outcomes.row_groups import encode_manifest
from manifests.restore import description_of
from manifests.shard_plan import ShardPlan
from natocc.document import RELEASE, BadDocument
from shards import storage
from shards.remote.upload import PARTIAL
from tasks.build.plan import Plan
from tasks.build.publish.index import plan_libraries, plan_networks
from tasks.build.publish.restore import card_of, restore_dataset
from tasks.build.publish.staged import StagedShard
from tasks.build.publish.write import is_intact, read_all_staged, replace_file
from tasks.errors import BuildStopped


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundVersion:
    """What lies at a version's URL."""

    # As dataset.json or the manifest describes it; None if both are missing or damaged.
    dataset: Dataset | None
    # Files that are missing or differ from dataset.json, and leftovers of killed processes.
    damaged: tuple[str, ...] = ()
    leftovers: tuple[str, ...] = ()

    def to_render(self, plan: Plan) -> tuple[ShardPlan, ...]:
        """The shards that its repair needs. The rows of a damaged manifest are made with their shards."""
        if self.dataset is None or MANIFEST in self.damaged:
            return plan.shards
        if not self.damaged:
            return ()
        return tuple(shard for shard in plan.shards if shard.file in self.damaged)


def find_version(plan: Plan, url: str, *, deep: bool) -> FoundVersion | None:
    """The version at ``url``, compared with its index; None if the folder is missing or empty.

    Existence, sizes of shards, and hashes of tables are always checked, the hashes of shards if ``deep``.
    Raises BuildStopped if it cannot be repaired: it is not the planned version, or has files of others in it,
    or it needs shards that cannot be rendered as they were. Raises BadDocument for an index of a later
    release.
    """
    names = storage.list_names(url)
    if not names:
        return None
    leftovers = tuple(name for name in names if name.startswith(PARTIAL))
    data = set(storage.list_names(url, data_alone=True)) - set(leftovers)
    index: tuple[str, ...] = ()
    try:
        dataset = read_dataset(url)
    except BadDocument as error:
        if error.problem not in ("missing", "damaged"):
            raise
        restored = restore_dataset(url)
        if restored is None:
            _check_names({shard.file for shard in plan.shards}, url, data)
            return FoundVersion(dataset=None, damaged=(DATASET_INDEX,), leftovers=leftovers)
        dataset, deep, index = _check_same_release(restored, url), True, (DATASET_INDEX,)
    _check_names({record.file for record in dataset.shards}, url, data)
    damaged = (*_damaged_files(dataset, url, set(names), deep=deep), *index)
    _check_same_plan(plan, dataset, url, shards=bool(damaged))
    found = FoundVersion(dataset=dataset, damaged=damaged, leftovers=leftovers)
    if found.to_render(plan):
        _check_same_inputs(plan, dataset, url, damaged)
    return found


def repair_version(plan: Plan, dataset: Dataset, found: FoundVersion, staging_url: str, url: str) -> None:
    """Replace the damaged files of a version with an index by equal ones, from the shards rendered again.

    Raises BuildStopped if a file cannot be made with its recorded bytes; then none is replaced.
    """
    recorded = {record.file: record for record in dataset.shards}
    hashes = {file: record.sha256 for file, record in recorded.items()} | dataset.files
    shards = list(read_all_staged(found.to_render(plan), staging_url))
    for shard in shards:
        _check_same_bytes(shard.record, recorded[shard.record.file], url)
    for name, data in _tables(dataset, found, shards):
        if storage.sha256_bytes(data) != hashes.setdefault(name, storage.sha256_bytes(data)):
            raise BuildStopped(
                f"{url}/{name}: expected to make it again with sha256 {dataset.files[name]}, "
                f"got other bytes; {_written_by(dataset)}; {_rebuild(url)}"
            )
        storage.write_bytes(storage.join(staging_url, name), data)
    for name in found.damaged:
        replace_file(storage.join(staging_url, name), storage.join(url, name), hashes[name])


def remove_leftovers(found: FoundVersion, url: str) -> None:
    for name in found.leftovers:
        storage.remove(storage.join(url, name))


def _check_names(shards: set[str], url: str, names: set[str]) -> None:
    if strays := sorted(names - shards - {MANIFEST, CARD, DATASET_INDEX}):
        raise BuildStopped(
            f"{url}: expected the files of the version alone, got {', '.join(strays)} beside them; move "
            "these away and run the same command again"
        )
    if folders := sorted(name for name in names if storage.is_folder(storage.join(url, name))):
        raise BuildStopped(
            f"{url}: expected files, got folders of the names {', '.join(folders)}; move these away and run "
            "the same command again"
        )


def _check_same_plan(plan: Plan, dataset: Dataset, url: str, *, shards: bool) -> None:
    """Compare names, and with ``shards`` all keys, which a repair relies on. A name follows from the keys."""
    same = (dataset.name, dataset.version) == (plan.recipe.name, plan.version)
    if same and shards:
        planned = [(shard.file, shard.cache_key) for shard in plan.shards]
        same = planned == [(record.file, record.cache_key) for record in dataset.shards]
    if not same:
        raise BuildStopped(
            f"{url}/{DATASET_INDEX}: expected {plan.recipe.name} {plan.version} with the planned shards, got "
            f"{dataset.name} {dataset.version} with others; {_rebuild(url)}"
        )


def _damaged_files(dataset: Dataset, url: str, names: set[str], *, deep: bool) -> Iterator[str]:
    for record in dataset.shards:
        target = storage.join(url, record.file)
        whole = record.file in names and storage.size_of(target) == record.bytes
        if not whole or (deep and not is_intact(target, record.sha256)):
            yield record.file
    for name, sha256 in dataset.files.items():
        if not is_intact(storage.join(url, name), sha256):
            yield name


def _check_same_release(restored: Dataset, url: str) -> Dataset:
    """The index names the release that writes it."""
    if restored.written_by != RELEASE:
        raise BuildStopped(
            f"{url}/{DATASET_INDEX}: missing or damaged; to write it again, expected {restored.written_by}, "
            f"got {RELEASE}; use that release, or {_rebuild(url)}"
        )
    return restored


def _check_same_inputs(plan: Plan, dataset: Dataset, url: str, damaged: Sequence[str]) -> None:
    """Rendering needs the recorded bank, code, libraries and networks."""
    if differing := differing_inputs(plan, dataset):
        raise BuildStopped(
            f"{url}: {', '.join(damaged)} is missing or damaged; to repair it, expected what the version "
            f"was made with: {'; expected '.join(differing)}; give that, or {_rebuild(url)}"
        )


def differing_inputs(plan: Plan, dataset: Dataset) -> list[str]:
    """What the plan would render with beside what the version was made with, where the two differ."""
    pairs: dict[str, tuple[object, object]] = {
        "bank": (dataset.bank.get("content_sha256"), plan.bank["content_sha256"]),
        "code": (dataset.code_version, plan.code),
        "libraries": (dataset.libraries, plan_libraries(plan)),
        "networks": (dataset.networks, plan_networks(plan)),
    }
    return [f"{name} {old}, got {new}" for name, (old, new) in pairs.items() if old != new]


def _check_same_bytes(made: ShardRecord, recorded: ShardRecord, url: str) -> None:
    same_rows = made.rows_sha256 == recorded.rows_sha256 or not recorded.rows_sha256
    if made.sha256 != recorded.sha256 or not same_rows:
        raise BuildStopped(
            f"{url}/{recorded.file}: expected to render it again with sha256 {recorded.sha256}, got "
            f"{made.sha256} (another machine may round differently); {_rebuild(url)}"
        )


def _tables(
    dataset: Dataset, found: FoundVersion, shards: Sequence[StagedShard]
) -> Iterator[tuple[str, bytes]]:
    if MANIFEST in found.damaged:
        yield MANIFEST, encode_manifest((shard.table() for shard in shards), description_of(dataset))
    if CARD in found.damaged:
        yield CARD, card_of(dataset)
    if DATASET_INDEX in found.damaged:
        yield DATASET_INDEX, dataset.encode()


def _written_by(dataset: Dataset) -> str:
    return f"it was written by {dataset.written_by or 'an earlier release'}"


def _rebuild(url: str) -> str:
    return f"to build it again, delete {url} and run the same command"
