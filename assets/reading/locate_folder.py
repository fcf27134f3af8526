"""Locate a dataset's folder: in its place, with another spelling, or at a wrong depth."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from natocc.files.read import leads_to_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A folder, and how to fix a wrong place; ``advice`` is "" if the place is right."""

    folder: Path
    advice: str = ""


def find_folder(raw: Path, places: tuple[str, ...]) -> Found | None:
    """The first existing place below ``raw``, else a folder with a similar path, else None."""
    for place in places:
        if (raw / place).is_dir():
            return Found(folder=raw / place)
    return next((found for place in places for found in _near(raw, PurePosixPath(place).parts)), None)


def _near(raw: Path, place: tuple[str, ...]) -> Iterator[Found]:
    """Folders with a similar path, the likeliest first."""
    wanted = "/".join(place)
    if (folder := _spelled(raw, place)) is not None:
        found = folder.relative_to(raw).as_posix()
        yield Found(folder=folder, advice=f"found as {found}; rename it to {wanted}")
    above = raw.absolute()
    for depth in range(1, len(place) + 1):
        last = tuple(part.casefold() for part in above.parts[-depth:])
        if last == tuple(part.casefold() for part in place[:depth]):
            folder = _spelled(raw, place[depth:])
            if folder is not None:
                yield Found(
                    folder=folder, advice=f"{raw} is itself in it; give --raw {above.parents[depth - 1]}"
                )
    for depth in range(1, len(place)):
        outer = _spelled(raw, place[:depth])
        for child in _folders(outer) if outer is not None else ():
            if (folder := _spelled(child, place[depth:])) is not None:
                inner, right = child.relative_to(raw).as_posix(), "/".join(place[:depth])
                yield Found(
                    folder=folder, advice=f"found one level deeper; move what is in {inner} to {right}"
                )
    for child in _folders(raw):
        if (folder := _spelled(child, place)) is not None:
            yield Found(folder=folder, advice=f"found one level deeper; give --raw {child}, or move it up")
    if len(place) > 1 and (folder := _spelled(raw, place[1:])) is not None:
        found = folder.relative_to(raw).as_posix()
        yield Found(folder=folder, advice=f"found as {found}; move it into {place[0]}")


def _spelled(folder: Path, parts: tuple[str, ...]) -> Path | None:
    """The folder below, with any upper and lower case in its names."""
    for part in parts:
        if (folder / part).is_dir():
            folder = folder / part
            continue
        alike = [child for child in _folders(folder) if child.name.casefold() == part.casefold()]
        if not alike:
            return None
        folder = alike[0]
    return folder


def _folders(folder: Path) -> list[Path]:
    """The subfolders by name, without those whose name begins with a dot."""
    with os.scandir(folder) as entries:
        names = sorted(
            entry.name for entry in entries if not entry.name.startswith(".") and leads_to_folder(entry)
        )
    return [folder / name for name in names]
