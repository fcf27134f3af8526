"""Count the pictures of one folder, and check their sizes and their place."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from assets.datasets.published import Published
from assets.pictures.photograph import read_size
from assets.problems import BadInput
from assets.reading.expected_counts import is_selection
from assets.reading.folders import SeenFolders, names_in
from assets.reading.tally import Tally
from natocc.files.clutter import is_clutter
from natocc.files.read import leads_to_folder, what_is

# Depth of the search below the first folder.
_DEEPEST = 4


def count_pictures(folder: Path, published: Published) -> int:
    return sum(1 for _ in _Walk(published).pictures(folder))


def remark_on_sizes(folder: Path, published: Published, count: int) -> str:
    """Report how many of ``count`` pictures have an unpublished size; "" for a user's selection."""
    if published.pictures is None or is_selection(published.pictures, count):
        return ""
    others = list(_other_sizes(folder, published))
    return f"{len(others)} of another size, the first {others[0]}" if others else ""


def remark_on_depth(folder: Path, published: Published, count: int) -> str:
    """For a folder without pictures, name the folder below it that has them."""
    if count or published.nested:
        return ""
    inner = (folder / name for name in sorted(names_in(folder)))
    below = [path for path in inner if path.is_dir() and count_pictures(path, published)]
    return f"pictures one level deeper; move those of {below[0].name} up" if below else "no pictures"


def remark_on_links(folder: Path, published: Published) -> str:
    """Report links that are not followed; "" if there are none."""
    walk = _Walk(published)
    for _ in walk.pictures(folder):
        pass
    return f"links to nothing or to what is counted already: {walk.skipped}" if walk.skipped else ""


class _Walk:
    """A folder, and what is below it if it has class folders; each folder once, so that no link loops."""

    def __init__(self, published: Published) -> None:
        self._published = published
        self._seen = SeenFolders()
        self.skipped = Tally()  # links, by name

    def pictures(self, folder: Path, depth: int = 0) -> Iterator[str]:
        """Paths of the pictures, by suffix."""
        if not self._seen.is_new(folder):
            self.skipped.add(folder.name)
            return
        with os.scandir(folder) as entries:
            for entry in entries:
                if is_clutter(entry.name):
                    continue
                if self._published.nested and leads_to_folder(entry):
                    yield from self.pictures(Path(entry.path), depth + 1) if depth < _DEEPEST else ()
                elif entry.is_symlink() and what_is(entry.path):
                    self.skipped.add(entry.name)
                elif entry.name.lower().endswith(self._published.suffixes):
                    yield entry.path


def _other_sizes(folder: Path, published: Published) -> Iterator[str]:
    """Name and size of each picture that differs from the published size; empty if any size is allowed."""
    if published.widths is None or published.heights is None:
        return
    for path in map(Path, sorted(_Walk(published).pictures(folder))):
        try:
            width, height = read_size(path)
        except BadInput:
            continue
        if not (_within(width, published.widths) and _within(height, published.heights)):
            yield f"{path.name} of {width}x{height}"


def _within(value: int, limits: tuple[int, int]) -> bool:
    return limits[0] <= value <= limits[1]
