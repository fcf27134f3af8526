"""``versions.json``: the published versions of a dataset in order, each with a number for people."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from typing import Literal

from pydantic import TypeAdapter

from manifests.dataset import DATASET_INDEX, latest_version, lock_pointer
from manifests.withdrawn import WithdrawalRecord, read_withdrawal_record
from natocc.document import BadDocument, DocumentFormat
from shards import storage
from shards.document import as_record, read_document, write_document

HISTORY = "versions.json"
FIRST_NUMBER = "1.0.0"
# Names that a message offers.
_OFFERED = 3
# What a version differs in from the one before: there is none; the same samples, packaged otherwise; samples
# more; samples edited, removed or moved to another split.
Change = Literal["first", "repackaged", "additions", "edits"]
_NUMBER = re.compile(r"(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})")
_AGAIN = "run the same `natocc build` again, which writes it again from the versions that lie there"
_HISTORY = DocumentFormat(
    name="natocc-versions",
    schema=1,
    hashed_since=1,
    what="the history of a dataset",
    make="run `natocc build`, which begins it",
    repair=_AGAIN,
    upgrade=_AGAIN,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One published version. The counts are samples, compared with those of the version ``after``."""

    # A semantic version, such as "1.2.0".
    number: str
    # Its hash, the name of its folder.
    version: str
    after: str | None
    change: Change
    added: int
    edited: int
    removed: int
    moved: int
    # An older version that this one replaces: retried, upgraded, or without what was withdrawn.
    instead_of: str | None = None
    # The ISO time after which the version may be removed; readers should use another by then.
    gone: str | None = None


_ENTRIES = TypeAdapter(tuple[HistoryEntry, ...])


def read_history(dataset_url: str) -> tuple[HistoryEntry, ...]:
    """The dataset's versions in order of their publication, with what ``withdrawn.json`` says of them.

    Raises BadDocument if one of both is damaged or newer, or if the history of replaced versions is missing.
    """
    url = storage.join(dataset_url, HISTORY)
    record = read_withdrawal_record(dataset_url)
    if not storage.exists(url) and record.versions:
        raise BadDocument(f"{url}: expected the history of withdrawn versions, got none; {_AGAIN}")
    if not storage.exists(url):
        return ()
    fields = read_document(url, _HISTORY)
    history = as_record(_ENTRIES, fields.get("versions"), url, _HISTORY, "versions")
    for problem in _problems(history):
        raise BadDocument(f"{url}: {problem}; {_AGAIN}")
    return with_withdrawals(history, record)


def with_withdrawals(history: Sequence[HistoryEntry], record: WithdrawalRecord) -> tuple[HistoryEntry, ...]:
    """The history with what the record says of replaced versions: when they are gone, and what to use."""
    marked = ((entry, *record.marks(entry.version)) for entry in history)
    return tuple(
        replace(entry, gone=entry.gone or gone, instead_of=entry.instead_of or old)
        for entry, gone, old in marked
    )


def _problems(history: Sequence[HistoryEntry]) -> Iterator[str]:
    for entry in history:
        if not _NUMBER.fullmatch(entry.number):
            yield f"expected a number such as 1.2.0, got {entry.number!r}"
        if not entry.version or "/" in entry.version or entry.version.startswith("."):
            yield f"expected the name of a version, got {entry.version!r}"
    for what, values in (
        ("number", [entry.number for entry in history]),
        ("version", [entry.version for entry in history]),
    ):
        if len(set(values)) < len(values):
            yield f"expected every {what} once, got {', '.join(values)}"


def write_history(dataset_url: str, history: Sequence[HistoryEntry]) -> None:
    """Write the history. For holders of the lock of ``latest.json``."""
    fields = {"versions": [asdict(entry) for entry in history]}
    write_document(storage.join(dataset_url, HISTORY), _HISTORY, fields)


def add_version(dataset_url: str, entry: HistoryEntry) -> None:
    """Add a version at the end; one that is in the history already stays as it is.

    Raises BadDocument for a damaged history, ValueError for a number that another version has.
    """

    def added(history: tuple[HistoryEntry, ...]) -> tuple[HistoryEntry, ...]:
        if entry_of(history, entry.version):
            return history
        if taken := next((other for other in history if other.number == entry.number), None):
            raise ValueError(f"expected a new number, got {entry.number} of version {taken.version}")
        return (*history, entry)

    _change_history(dataset_url, added)


def stand_in(dataset_url: str, version: str, by: str | None, after: str, *, wait: bool = False) -> str:
    """Let a version stand in for another one, which may be removed after an ISO time; returns that time.

    An earlier time that is there already stays, and so does what ``by`` replaces. ``by`` is None if nothing
    replaces the version. Raises BadDocument for a damaged history, ValueError for a version that it lacks.
    """
    times = [after]

    def changed(entry: HistoryEntry) -> HistoryEntry:
        if entry.version == version:
            times.extend([entry.gone] if entry.gone else [])
            return replace(entry, gone=min(times, key=datetime.fromisoformat))
        replaces = by is not None and entry.version == by and entry.instead_of is None
        return replace(entry, instead_of=version) if replaces else entry

    def all_changed(history: tuple[HistoryEntry, ...]) -> tuple[HistoryEntry, ...]:
        if absent := [name for name in (version, by) if name and not entry_of(history, name)]:
            raise ValueError(f"{dataset_url}: expected a version of its {HISTORY}, got {absent[0]}")
        return tuple(map(changed, history))

    _change_history(dataset_url, all_changed, wait=wait)
    return min(times, key=datetime.fromisoformat)


def _change_history(
    dataset_url: str,
    change: Callable[[tuple[HistoryEntry, ...]], tuple[HistoryEntry, ...]],
    *,
    wait: bool = False,
) -> None:
    with lock_pointer(dataset_url, wait=wait):
        before = read_history(dataset_url)
        after = change(before)
        if after != before:
            write_history(dataset_url, after)


def entry_of(history: Sequence[HistoryEntry], version: str) -> HistoryEntry | None:
    """The entry of a version, if there is one."""
    return next((entry for entry in history if entry.version == version), None)


def standing_in_for(history: Sequence[HistoryEntry], version: str) -> str:
    """The version that stands in for another, through all replacements; that version itself if none does.

    Of several that replace one version, the one that was published last.
    """
    replaced = {entry.instead_of: entry.version for entry in history if entry.instead_of}
    seen = {version}
    while (following := replaced.get(version)) is not None and following not in seen:
        version = following
        seen.add(version)
    return version


def nearest_versions(url: str) -> list[str]:
    """The names of versions beside ``url`` that are most like its own; without a like one, the latest.

    Empty if the folder around it is no dataset.
    """
    dataset_url, _, name = str(url).rstrip("/").rpartition("/")
    try:
        latest = latest_version(dataset_url) if dataset_url else None
    except (BadDocument, OSError):
        latest = None
    if latest is None:
        return []
    names = [
        found
        for found in storage.list_names(dataset_url, data_alone=True)
        if storage.exists(storage.join(dataset_url, found, DATASET_INDEX))
    ]
    return get_close_matches(name, names, _OFFERED, 0.5) or [latest]


def next_number(number: str, change: Change) -> str:
    """The number after ``number``: another patch if repackaged, minor for additions alone, else major.

    >>> next_number("1.2.3", "repackaged"), next_number("1.2.3", "additions"), next_number("1.2.3", "edits")
    ('1.2.4', '1.3.0', '2.0.0')
    """
    major, minor, patch = number_parts(number)
    if change == "repackaged":
        return f"{major}.{minor}.{patch + 1}"
    return f"{major}.{minor + 1}.0" if change == "additions" else f"{major + 1}.0.0"


def number_parts(number: str) -> tuple[int, int, int]:
    """Major, minor and patch, which are in the order of the numbers."""
    major, minor, patch = (int(part) for part in number.split("."))
    return major, minor, patch
