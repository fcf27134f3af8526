"""Whether one version is another one, built again without the withdrawn samples."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from manifests.dataset import Dataset, read_dataset, read_manifest
from manifests.history import read_history
from manifests.rows import BadRows, Row
from natocc.document import BadDocument
from shards import storage
from tasks.withdraw.plan import AffectedVersion


def rows_of_version(dataset_url: str, dataset: Dataset) -> list[Row]:
    """Raises BadRows if the manifest is missing or damaged."""
    return read_manifest(storage.join(dataset_url, dataset.version), dataset)


def lost_samples(old: Iterable[Row], withdrawn: Collection[str], new: Iterable[Row]) -> list[str]:
    """Keys of kept samples that a rebuild lacks, without those of the keys ``withdrawn``.

    A sample with another occluder than before may be rejected, since its occluder was chosen again.
    """
    by_key = {row.key: row for row in new}
    return [row.key for row in old if row.key not in withdrawn and _is_lost(row, by_key.get(row.key))]


def _is_lost(old: Row, new: Row | None) -> bool:
    if old.verdict != "kept":
        return False
    return new is None or (new.verdict != "kept" and new.occluder_id == old.occluder_id)


def find_rebuild(one: AffectedVersion, affected: Iterable[AffectedVersion]) -> str | None:
    """The version of the same recipe and options that has what remains of a version, and nothing else.

    Samples of the withdrawn keys may be there, with other occluders. None of ``affected`` is one, and of
    several the last one is.
    """
    used = {other.version.url for other in affected}
    version = one.version
    rows = version.rows()
    for entry in reversed(read_history(version.dataset_url)):
        free = entry.gone is None and entry.instead_of in (None, version.dataset.version)
        if free and storage.join(version.dataset_url, entry.version) not in used:
            found = _rows_of_recipe(version.dataset_url, entry.version, version.dataset)
            if found is not None and _remains(rows, one.keys, found):
                return entry.version
    return None


def _rows_of_recipe(dataset_url: str, version: str, like: Dataset) -> list[Row] | None:
    try:
        dataset = read_dataset(storage.join(dataset_url, version))
        if (dataset.recipe, dataset.overrides) != (like.recipe, like.overrides):
            return None
        return rows_of_version(dataset_url, dataset)
    except (BadDocument, BadRows, OSError):
        return None


def _remains(rows: Sequence[Row], withdrawn: Collection[str], found: Sequence[Row]) -> bool:
    before, after = {row.key for row in rows}, {row.key for row in found}
    return before - set(withdrawn) <= after <= before and not lost_samples(rows, withdrawn, found)
