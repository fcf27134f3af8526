"""Whether what lies where a version will be published can be read and replaced, seen before any rendering."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from manifests.dataset import LATEST, POINTER_LOCK
from manifests.history import HISTORY
from natocc.files.read import is_there, what_is
from shards import storage
from tasks.errors import BuildStopped


def check_place(dataset_url: str, version: str, files: Iterable[str]) -> None:
    """Raise BuildStopped for what is no folder or no file under the names of a version.

    These are the version's folder, the ``files`` in it, the dataset's indexes and their lock. Only a path on
    this machine has such things. A folder under a file's name in the version is left to ``find_version``.
    """
    folder = storage.local_path(dataset_url)
    if folder is None:
        return
    place = folder / version
    if is_there(place) and not place.is_dir():
        raise _stopped(f"{place}: expected the folder of the version or nothing", what_is(place) or "a file")
    for index in (folder / LATEST, folder / HISTORY):
        # A link to nothing is replaced by the new file.
        if index.exists() and (found := what_is(index)):
            raise _stopped(f"{index}: expected a file or nothing", found)
    lock = folder / POINTER_LOCK
    if is_there(lock) and (found := "a link" if lock.is_symlink() else what_is(lock)):
        raise _stopped(f"{lock}: expected the file of a lock or nothing", found)
    if unfit := _unfit_files(place, files):
        raise _stopped(f"{place}: expected the files of the version", ", ".join(unfit))


def _stopped(expected: str, found: str) -> BuildStopped:
    return BuildStopped(f"{expected}, got {found}; remove it, and run the same command again")


def _unfit_files(place: Path, files: Iterable[str]) -> list[str]:
    """The names of links to nothing, pipes and the like, with what each is."""
    there = sorted(name for name in set(files) if is_there(place / name) and not (place / name).is_dir())
    return [f"{name} ({found})" for name in there if (found := what_is(place / name))]
