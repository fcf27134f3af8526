"""Files of a raw folder that no reader reads, by folder."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path

from assets.datasets.places import ReadPlaces, read_places, similar_place
from assets.problems import Unmatched
from assets.reading.folders import OWN_FILES, SeenFolders
from assets.reading.tally import Tally
from assets.reading.unmatched import unread_files
from natocc.files.clutter import is_clutter
from natocc.files.read import leads_to_folder

_EXPECTED = "data in the places of docs/raw-data.md"


def unread_inputs(raw: Path, apart: Path | None = None, named: Collection[str] = ()) -> Iterator[Unmatched]:
    """One finding for each folder with files that no reader reads, with all that is below it.

    Folders of readers are left to them. Clutter, and what natocc has written, are passed over, and so are the
    folder ``apart`` and the files ``named`` elsewhere, by their paths.
    """
    walk = _Walk(raw, read_places(raw), apart, frozenset(named))
    yield from walk.findings(raw, "")


def _advice(folder: str) -> str:
    """What to do with a folder that nobody reads; "" if its name tells nothing."""
    near = similar_place(folder)
    if near == folder:
        return (
            "its name is right, but another folder is read in its place, or one that it needs is missing: "
            "move its files there, or add what is missing"
        )
    return f"it looks like {near}: rename it to that" if near else ""


class _Walk:
    """The folders of a raw tree; each once, so that no link loops."""

    def __init__(self, raw: Path, places: ReadPlaces, apart: Path | None, named: frozenset[str]) -> None:
        self._raw, self._places, self._named = raw, places, named
        self._seen = SeenFolders()
        if apart is not None and apart.is_dir():
            self._seen.is_new(apart)

    def findings(self, folder: Path, path: str) -> Iterator[Unmatched]:
        """The findings of a folder that holds places of readers, and of those below; ``path`` is relative."""
        files, folders = self._content(folder)
        unread = Tally()
        for name in files:
            if not self._places.has_file(f"{path}{name}") and f"{path}{name}" not in self._named:
                unread.add(name)
        if unread:
            yield unread_files(path.rstrip("/") or ".", unread, _EXPECTED)
        for name in folders:
            inner = f"{path}{name}"
            if inner in self._places.folders:
                continue
            if inner in self._places.above:
                yield from self.findings(folder / name, f"{inner}/")
            elif unread := self._all_below(folder / name, inner):
                yield unread_files(inner, unread, _EXPECTED, _advice(inner))

    def _all_below(self, folder: Path, inner: str) -> Tally:
        """All files below a folder, by their paths in it; ``inner`` is its own path."""
        found, waiting = Tally(), [(folder, "")]
        while waiting:
            place, path = waiting.pop()
            files, folders = self._content(place)
            for name in files:
                if not self._places.has_file(name) and f"{inner}/{path}{name}" not in self._named:
                    found.add(f"{path}{name}")
            waiting += [(place / name, f"{path}{name}/") for name in reversed(folders)]
        return found

    def _content(self, folder: Path) -> tuple[list[str], list[str]]:
        """Names of the files and of the folders; none if the folder was seen or is natocc's own."""
        if not self._seen.is_new(folder):
            return [], []
        try:
            with os.scandir(folder) as entries:
                found = [(entry.name, leads_to_folder(entry)) for entry in entries]
        except OSError as error:
            return [f"({error.strerror or 'a folder that cannot be read'})"], []
        if folder != self._raw and not OWN_FILES.isdisjoint(name for name, _ in found):
            return [], []
        data = sorted((name, is_folder) for name, is_folder in found if not is_clutter(name))
        return [name for name, below in data if not below], [name for name, below in data if below]
