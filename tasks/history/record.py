"""A published version enters the history, then ``latest.json`` names it: both under one lock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from manifests.dataset import (
    DATASET_INDEX,
    LATEST,
    Dataset,
    latest_version,
    lock_pointer,
    read_dataset,
    write_pointer,
)
from manifests.history import (
    FIRST_NUMBER,
    HISTORY,
    Change,
    HistoryEntry,
    entry_of,
    next_number,
    number_parts,
    read_history,
    standing_in_for,
    with_withdrawals,
    write_history,
)
from manifests.restore import described_dataset
from manifests.rows import BadRows
from manifests.withdrawn import read_withdrawal_record
from natocc.document import BadDocument
from shards import storage
from tasks.history.compare import SampleChanges, compare_versions, count_kept


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedVersion:
    """A version in the history, and the dataset's indexes that were damaged and have been written again."""

    entry: HistoryEntry
    repaired: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def record_version(
    dataset_url: str,
    version: str,
    *,
    instead_of: str | None = None,
    latest: bool = True,
    wait: bool = False,
) -> RecordedVersion:
    """Add a version that lies in the dataset's folder to the history; with ``latest``, point to it.

    A version that is there already stays as it is. A dataset without a history begins one with the version
    that is the latest so far. A damaged history is written again from the versions that lie there.
    ``instead_of`` is what the version replaces, if its ``dataset.json`` does not say so.

    Raises BadDocument if an index is of a later release, or the version's own is missing or damaged; InUse
    if another run holds the lock of these files for a minute, unless ``wait``.
    """
    known = _known(dataset_url, version, latest=latest)
    if known and instead_of in (None, known.instead_of):
        return RecordedVersion(entry=known)
    with lock_pointer(dataset_url, wait=wait):
        pointer, repaired = _pointer(dataset_url)
        history, remarks = restored_history(dataset_url)
        before = () if remarks else history
        if not history and pointer not in (None, version):
            history = _first(dataset_url, pointer)
        history = _with_version(dataset_url, history, version, instead_of=instead_of, latest=pointer)
        if history != before:
            write_history(dataset_url, history)
        if latest and pointer != version:
            write_pointer(dataset_url, version)
    entry = next(entry for entry in history if entry.version == version)
    damaged = (*((HISTORY,) if remarks else ()), *(repaired if latest else ()))
    return RecordedVersion(entry=entry, repaired=damaged, remarks=remarks)


def _known(dataset_url: str, version: str, *, latest: bool) -> HistoryEntry | None:
    """The entry of a version for which nothing has to be written."""
    try:
        entry = entry_of(read_history(dataset_url), version)
        pointed = not latest or latest_version(dataset_url) == version
    except BadDocument:
        return None
    return entry if entry and pointed else None


def restored_history(dataset_url: str) -> tuple[tuple[HistoryEntry, ...], tuple[str, ...]]:
    """The history, and no remark; of a damaged one, what the versions that lie there say, and a remark.

    What ``withdrawn.json`` says of them counts. Nothing is written. Raises BadDocument for a history of a
    later release, and for a damaged ``withdrawn.json``.
    """
    record = read_withdrawal_record(dataset_url)
    try:
        return read_history(dataset_url), ()
    except BadDocument as error:
        if error.problem == "newer":
            raise
        damage = str(error).partition(";")[0]
    history: tuple[HistoryEntry, ...] = ()
    for version in _versions_by_age(dataset_url):
        latest = history[-1].version if history else None
        history = _with_version(dataset_url, history, version, instead_of=None, latest=latest)
    remark = f"{damage}; written again from the versions that lie there, whose numbers may be others"
    return with_withdrawals(history, record), (remark,)


def standing_version(dataset_url: str, version: str) -> str:
    """The version that stands in for another in a dataset's folder; the other itself if none lies there.

    One whose index is damaged stands in as long as its manifest tells what it holds, so that it is repaired.
    """
    standing = standing_in_for(restored_history(dataset_url)[0], version)
    url = storage.join(dataset_url, standing)
    try:
        read_dataset(url)
    except BadDocument as error:
        if error.problem == "missing" or described_dataset(url) is None:
            return version
    return standing


def _pointer(dataset_url: str) -> tuple[str | None, tuple[str, ...]]:
    """The latest version so far, and the name of the pointer's file if that is damaged."""
    try:
        return latest_version(dataset_url), ()
    except BadDocument as error:
        if error.problem == "newer":
            raise
        return None, (LATEST,)


def _first(dataset_url: str, version: str) -> tuple[HistoryEntry, ...]:
    """The history of a dataset that an earlier release made."""
    try:
        dataset = read_dataset(storage.join(dataset_url, version))
    except BadDocument:
        return ()
    return (_first_entry(dataset, version),)


def _first_entry(dataset: Dataset, version: str, instead_of: str | None = None) -> HistoryEntry:
    return HistoryEntry(
        number=FIRST_NUMBER,
        version=version,
        after=None,
        change="first",
        added=count_kept(dataset),
        edited=0,
        removed=0,
        moved=0,
        instead_of=instead_of or dataset.instead_of,
    )


def _with_version(
    dataset_url: str,
    history: tuple[HistoryEntry, ...],
    version: str,
    *,
    instead_of: str | None,
    latest: str | None,
) -> tuple[HistoryEntry, ...]:
    if entry_of(history, version):
        return tuple(
            replace(entry, instead_of=instead_of or entry.instead_of) if entry.version == version else entry
            for entry in history
        )
    dataset = read_dataset(storage.join(dataset_url, version))
    if not history:
        return (_first_entry(dataset, version, instead_of),)
    replaced = instead_of or dataset.instead_of
    number, after, change, counts = _numbered(dataset_url, history, dataset, version, (replaced, latest))
    entry = HistoryEntry(
        number=number,
        version=version,
        after=after,
        change=change,
        added=counts.added,
        edited=counts.edited,
        removed=counts.removed,
        moved=counts.moved,
        instead_of=replaced,
    )
    return (*history, entry)


def _numbered(
    dataset_url: str,
    history: Sequence[HistoryEntry],
    dataset: Dataset,
    version: str,
    preferred: Sequence[str | None],
) -> tuple[str, str | None, Change, SampleChanges]:
    """The number, the version compared with, the kind of the change and its counts.

    The number follows that of what the version replaces, else of the latest. If another version has it, or if
    that one cannot be read, it follows the highest number. If that version cannot be read either, nothing is
    known of the difference, so it is a major one.
    """
    taken = {entry.number for entry in history}
    highest = max(history, key=lambda entry: number_parts(entry.number))
    for base in _bases(history, highest, preferred):
        try:
            url = storage.join(dataset_url, base.version)
            old = read_dataset(url)
            counts = compare_versions(old, url, dataset, storage.join(dataset_url, version))
        except (BadDocument, BadRows):
            continue
        number = next_number(base.number, counts.change)
        if number not in taken:
            return number, base.version, counts.change, counts
    return next_number(highest.number, "edits"), None, "edits", SampleChanges(added=count_kept(dataset))


def _bases(
    history: Sequence[HistoryEntry], highest: HistoryEntry, preferred: Sequence[str | None]
) -> Iterator[HistoryEntry]:
    wanted = next((entry for name in preferred if name and (entry := entry_of(history, name))), highest)
    yield wanted
    if wanted is not highest:
        yield highest


def _versions_by_age(dataset_url: str) -> list[str]:
    """The versions that lie there, the oldest first as far as files tell, the latest at the end."""
    latest, _ = _pointer(dataset_url)
    found: list[tuple[bool, float, str]] = []
    for name in storage.list_names(dataset_url, data_alone=True):
        url = storage.join(dataset_url, name)
        try:
            read_dataset(url)
        except (BadDocument, OSError):
            continue
        written = storage.modified_at(storage.join(url, DATASET_INDEX))
        found.append((name == latest, written.timestamp() if written else 0.0, name))
    return [name for _, _, name in sorted(found)]
