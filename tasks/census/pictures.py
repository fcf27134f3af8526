"""Count the pictures of one folder, and check their sizes and their place."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from assets.datasets.published import Published
from assets.pictures.images import read_size
from assets.problems import BadInput
from assets.reading.expected_counts import is_selection

# Depth of the search below the first folder; links may form cycles.
_DEEPEST = 4


def count_pictures(folder: Path, published: Published) -> int:
    return sum(1 for _ in _pictures(folder, published))


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
    below = [path for path in sorted(folder.iterdir()) if path.is_dir() and count_pictures(path, published)]
    return f"pictures one level deeper; move those of {below[0].name} up" if below else "no pictures"


def _pictures(folder: Path, published: Published, depth: int = 0) -> Iterator[str]:
    """Paths of the pictures, by suffix, in the folder, and below it if it has class folders."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if published.nested and entry.is_dir():
                yield from _pictures(Path(entry.path), published, depth + 1) if depth < _DEEPEST else ()
            elif entry.name.lower().endswith(published.suffixes):
                yield entry.path


def _other_sizes(folder: Path, published: Published) -> Iterator[str]:
    """Name and size of each picture that differs from the published size; empty if any size is allowed."""
    if published.widths is None or published.heights is None:
        return
    for path in map(Path, sorted(_pictures(folder, published))):
        try:
            width, height = read_size(path)
        except BadInput:
            continue
        if not (_within(width, published.widths) and _within(height, published.heights)):
            yield f"{path.name} of {width}x{height}"


def _within(value: int, limits: tuple[int, int]) -> bool:
    return limits[0] <= value <= limits[1]
