"""A version where it lies in its dataset's folder, given by its own URL or by that of its dataset."""

from __future__ import annotations

import os
from dataclasses import dataclass

from manifests.dataset import Dataset, read_dataset, resolve_version
from manifests.history import nearest_versions
from natocc.occluders.bank_files import BANK_INDEX
from shards import storage


@dataclass(frozen=True, slots=True, kw_only=True)
class LocatedVersion:
    """A version, its URL, and that of its dataset's folder."""

    url: str
    dataset_url: str
    dataset: Dataset

    @property
    def version(self) -> str:
        """The name of its folder."""
        return self.url.rpartition("/")[2]


def locate_version(url: str) -> LocatedVersion:
    """The version at a URL, or the latest of a dataset.

    Raises FileNotFoundError if there is neither, with the nearest names of versions; BadDocument for an index
    that is damaged or newer.
    """
    place = storage.join(_absolute(url))
    if storage.exists(storage.join(place, BANK_INDEX)):
        raise FileNotFoundError(f"{url}: expected a version or a dataset, got a bank; name a version")
    try:
        version = resolve_version(place)
    except FileNotFoundError as error:
        if near := nearest_versions(place):
            raise FileNotFoundError(
                f"{url}: expected a version, got {storage.describe_content(place)}; did you mean "
                f"{' or '.join(near)}?"
            ) from error
        raise
    return LocatedVersion(url=version, dataset_url=version.rpartition("/")[0], dataset=read_dataset(version))


def _absolute(url: str) -> str:
    """The URL with the name of its folder at the end, which the path "." lacks."""
    path = storage.local_path(url)
    return url if path is None else os.path.abspath(path)  # noqa: PTH100
