"""The datasets and versions in a folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from manifests.dataset import (
    DATASET_INDEX,
    LATEST,
    MANIFEST,
    Dataset,
    latest_version,
    read_dataset,
    read_manifest,
)
from manifests.history import entry_of, read_history
from manifests.rows import BadRows, Row
from natocc.document import BadDocument
from shards import storage


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredVersion:
    """A version of a dataset, without its rows, which may be many."""

    dataset_url: str
    dataset: Dataset
    latest: bool
    # The ISO time since which readers should not use it; None if they may.
    gone: str | None = None

    @property
    def url(self) -> str:
        return storage.join(self.dataset_url, self.dataset.version)

    def rows(self) -> list[Row]:
        """Raises BadRows if the manifest is missing or damaged."""
        return read_manifest(self.url, self.dataset)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredVersions:
    """The versions that can be read, and a line for each other one; ``blocking`` if it is a latest one."""

    versions: tuple[StoredVersion, ...]
    unreadable: tuple[str, ...]
    blocking: bool


def read_versions(url: str) -> StoredVersions:
    """All versions of a dataset, or of the datasets in a folder, by dataset, in the order of their names.

    Raises FileNotFoundError if there is no dataset, BadDocument for a damaged ``latest.json`` or history.
    """
    versions: list[StoredVersion] = []
    unreadable: list[str] = []
    blocking = False
    for dataset_url in datasets_in(url):
        latest, history = latest_version(dataset_url), read_history(dataset_url)
        for name in _version_names(dataset_url):
            entry = entry_of(history, name)
            gone = None if entry is None else entry.gone
            try:
                version = StoredVersion(
                    dataset_url=dataset_url,
                    dataset=_as_named(dataset_url, name),
                    latest=name == latest,
                    gone=gone,
                )
                _check(version)
            except (BadDocument, BadRows, OSError) as error:
                if gone is None:
                    unreadable.append(str(error))
                    blocking |= name == latest
            else:
                versions.append(version)
    return StoredVersions(versions=tuple(versions), unreadable=tuple(unreadable), blocking=blocking)


def datasets_in(url: str) -> list[str]:
    """The URLs of a dataset or of the datasets directly in a folder; FileNotFoundError without any."""
    if storage.exists(storage.join(url, LATEST)):
        return [storage.join(url)]
    inner = (storage.join(url, name) for name in storage.list_names(url, data_alone=True))
    found = [place for place in inner if storage.exists(storage.join(place, LATEST))]
    if not found:
        raise FileNotFoundError(
            f"{url}: expected a dataset ({LATEST} in it) or a folder of datasets, got "
            f"{storage.describe_content(url)}"
        )
    return found


def _version_names(dataset_url: str) -> Iterator[str]:
    """The names of the folders that hold anything of a version."""
    for name in storage.list_names(dataset_url, data_alone=True):
        folder = storage.join(dataset_url, name)
        if storage.is_folder(folder):
            files = storage.list_names(folder, data_alone=True)
            if {DATASET_INDEX, MANIFEST} & set(files) or any(file.endswith(".tar") for file in files):
                yield name


def _as_named(dataset_url: str, name: str) -> Dataset:
    dataset = read_dataset(storage.join(dataset_url, name))
    if dataset.version != name:
        raise BadDocument(
            f"{dataset_url}/{name}: expected version {name}, got {dataset.version}; give the folder its name"
        )
    return dataset


def _check(version: StoredVersion) -> None:
    """Raise BadRows, or OSError, for a version whose manifest or shards are not as its index says."""
    version.rows()
    for record in version.dataset.shards:
        url = storage.join(version.url, record.file)
        size = storage.size_of(url)
        if size != record.bytes:
            raise OSError(f"{url}: expected {record.bytes} bytes as in {DATASET_INDEX}, got {size}")
