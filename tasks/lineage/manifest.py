"""The rows of a version, and names in them that are meant by another name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from manifests.dataset import Dataset, read_dataset, read_manifest
from manifests.rows import Row
from tasks.history.gone import resolve_readable

# Names that a message offers.
_OFFERED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A version with its rows."""

    url: str
    dataset: Dataset
    rows: tuple[Row, ...]


def open_manifest(url: str) -> Manifest:
    """The version at a URL, or the latest of a dataset. Raises BadDocument, BadRows, FileNotFoundError."""
    version = resolve_readable(url)
    dataset = read_dataset(version)
    return Manifest(url=version, dataset=dataset, rows=tuple(read_manifest(version, dataset)))


def unknown(what: str, name: str, known: Iterable[str], where: str) -> ValueError:
    """The error for a name that a version lacks, with the nearest of its names."""
    near = get_close_matches(name, sorted(set(known)), _OFFERED, 0.6)
    advice = f"did you mean {' or '.join(near)}?" if near else "its manifest.parquet lists all"
    return ValueError(f"{where}: expected {what} of this version, got {name!r}; {advice}")
