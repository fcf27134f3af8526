"""What nothing refers to in a dataset's folder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from manifests.dataset import CARD, DATASET_INDEX, LATEST, MANIFEST, POINTER_LOCK, latest_version
from manifests.history import HISTORY, HistoryEntry, entry_of, read_history
from manifests.withdrawn import WITHDRAWN
from natocc.document import BadDocument
from natocc.files.clutter import is_clutter
from shards import storage
from shards.lock import find_holder
from shards.remote.upload import PARTIAL
from tasks.build.lock import LOCK_OF_VERSION
from tasks.build.publish.restore import restore_dataset
from tasks.build.reuse import STAGING
from tasks.garbage.leftover import FolderView, Leftover

# The name of a version's folder.
_VERSION = re.compile("[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class _Versions:
    history: tuple[HistoryEntry, ...]
    latest: str | None


def find_in_dataset(view: FolderView, name: str | None = None) -> tuple[list[Leftover], int]:
    """Leftovers of a dataset, of one ``name`` in it if that is given, and how many names are of others.

    Versions are permanent, but for those whose time to be gone has come. Raises BadDocument for a damaged
    index of the dataset: then nobody can tell what is in use.
    """
    versions = _Versions(read_history(view.url), latest_version(view.url))
    found: list[Leftover] = []
    others = 0
    for one in storage.list_names(view.url) if name is None else [name]:
        # It may go while it is looked at.
        with suppress(FileNotFoundError):
            known = _judge(view, one, versions)
            others += known is None
            found += known or ()
    return found, others


def _judge(view: FolderView, name: str, versions: _Versions) -> list[Leftover] | None:
    """What of this name is left over; None if it is of others."""
    if name.startswith(STAGING):
        lock = f"{LOCK_OF_VERSION}{name.removeprefix(STAGING)}"
        return [view.leftover(name, "unpublished shards", lock, unfinished=True)]
    if name.startswith(LOCK_OF_VERSION):
        held = name != view.held and find_holder(view.url, name)
        return [] if held else [view.leftover(name, "the lock of a dead run", name)]
    if name.startswith(PARTIAL):
        return [view.leftover(name, "a temporary file", POINTER_LOCK)]
    entry = entry_of(versions.history, name)
    if name in (LATEST, HISTORY, WITHDRAWN) or is_clutter(name):
        return []
    if entry and entry.gone:
        version = _gone(view, name, entry.gone, versions)
        return [version, *(_temporary(view, name) if version.kept else ())]
    if storage.exists(storage.join(view.url, name, DATASET_INDEX)):
        return list(_temporary(view, name))
    return _unfinished(view, name) if entry is None else []


def _gone(view: FolderView, version: str, gone: str, versions: _Versions) -> Leftover:
    until = _time(view, version, gone)
    kept = ""
    if version == versions.latest:
        kept = "latest.json names it"
    elif until.timestamp() > view.now:
        kept = f"its readers have time until {gone}"
    return view.leftover(version, "a withdrawn version", f"{LOCK_OF_VERSION}{version}", kept=kept)


def _time(view: FolderView, version: str, gone: str) -> datetime:
    """The time from which a version may be removed."""
    try:
        time = datetime.fromisoformat(gone)
    except ValueError as error:
        where = storage.join(view.url, HISTORY)
        raise BadDocument(
            f"{where}: expected the time from which {version} is gone, got {gone!r}; correct it"
        ) from error
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _unfinished(view: FolderView, name: str) -> list[Leftover] | None:
    """A version that was being copied to its place in a bucket when its build ended; None for all else."""
    url = storage.join(view.url, name)
    if storage.is_local(view.url) or not _VERSION.fullmatch(name) or not storage.is_folder(url):
        return None
    names = storage.list_names(url)
    ours = all(one in (MANIFEST, CARD) or one.endswith(".tar") for one in names)
    # One whose index alone is missing can be repaired.
    if not ours or restore_dataset(url) is not None:
        return None
    return [view.leftover(name, "an unfinished version", f"{LOCK_OF_VERSION}{name}", unfinished=True)]


def _temporary(view: FolderView, version: str) -> Iterator[Leftover]:
    for name in storage.list_names(storage.join(view.url, version)):
        if name.startswith(PARTIAL):
            yield view.leftover(f"{version}/{name}", "a temporary file", f"{LOCK_OF_VERSION}{version}")
