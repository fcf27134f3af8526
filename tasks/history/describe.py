"""The history of a dataset in lines of a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from assets.wording import list_counts
from manifests.dataset import DATASET_INDEX, latest_version
from manifests.history import HistoryEntry, entry_of, read_history, standing_in_for
from natocc.document import BadDocument
from shards import storage

_NO_CHANGE = {"repackaged": "the same samples, packaged otherwise", "first": "no samples"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedHistory:
    """The history of a dataset, the place of one version in it, and what could not be read."""

    entries: tuple[HistoryEntry, ...] = ()
    # Of the version; None without a history.
    number: str | None = None
    # As many as entries: the day on which a version was written; "" if it does not lie there any more.
    dates: tuple[str, ...] = ()
    latest: str | None = None
    problem: str = ""

    def fields(self) -> list[dict[str, Any]]:
        """The entries with their dates, for reports."""
        return [asdict(entry) | {"date": date} for entry, date in zip(self.entries, self.dates, strict=True)]

    def rows(self) -> list[dict[str, str]]:
        """The entries for a table."""
        return [
            {
                "number": entry.number,
                "version": entry.version,
                "date": date,
                "change": describe_change(entry),
                "remarks": "; ".join(self._remarks(entry)),
            }
            for entry, date in zip(self.entries, self.dates, strict=True)
        ]

    def _remarks(self, entry: HistoryEntry) -> Iterator[str]:
        if entry.version == self.latest:
            yield "latest"
        if entry.instead_of:
            yield f"instead of {_name(self.entries, entry.instead_of)}"
        if (standing := standing_in_for(self.entries, entry.version)) != entry.version:
            yield f"replaced by {_name(self.entries, standing)}"
        if entry.gone:
            yield f"may be removed after {entry.gone}"


def describe_history(dataset_url: str, version: str) -> DescribedHistory:
    """The history of the dataset that a version lies in. A damaged one is a problem, not an error."""
    try:
        entries, latest = read_history(dataset_url), latest_version(dataset_url)
    except BadDocument as error:
        return DescribedHistory(problem=str(error))
    found = entry_of(entries, version)
    return DescribedHistory(
        entries=entries,
        number=None if found is None else found.number,
        dates=tuple(_date(dataset_url, entry) for entry in entries),
        latest=latest,
    )


def describe_change(entry: HistoryEntry) -> str:
    """What a version differs in, in words: ``3 added, 1 removed``."""
    counts = {name: getattr(entry, name) for name in ("added", "edited", "removed", "moved")}
    words = list_counts({name: count for name, count in counts.items() if count})
    if entry.change == "first" and entry.added:
        return f"first: {entry.added} samples"
    return words or _NO_CHANGE.get(entry.change, "unknown")


def _name(entries: Sequence[HistoryEntry], version: str) -> str:
    found = entry_of(entries, version)
    return found.number if found else version


def _date(dataset_url: str, entry: HistoryEntry) -> str:
    try:
        written = storage.modified_at(storage.join(dataset_url, entry.version, DATASET_INDEX))
    except FileNotFoundError:
        return ""
    return f"{written:%Y-%m-%d}" if written else ""
