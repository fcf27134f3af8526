"""Locate a dataset's folder: in its place, with another spelling, or at a wrong depth."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from assets.reading.naming import normal
from natocc.files.clutter import is_clutter
from natocc.files.read import leads_to_folder

# What unpacking and copying add to a name: "RealOcc (1)", "RealOcc-master", "RealOcc copy".
_ADDED = re.compile(r"(\s*\(\d+\)|[-_ ]+(copy|main|master))+$")


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
        if tuple(map(str.casefold, above.parts[-depth:])) == tuple(map(str.casefold, place[:depth])):
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
    if (folder := _spelled(raw, place, _spelling)) is not None:
        found = folder.relative_to(raw).as_posix()
        yield Found(folder=folder, advice=f"found as {found}; rename it to {wanted}")


def _spelled(
    folder: Path, parts: tuple[str, ...], spelling: Callable[[str], str] = str.casefold
) -> Path | None:
    """The folder below, by names of equal ``spelling``; by default with any upper and lower case."""
    for part in parts:
        if (folder / part).is_dir():
            folder = folder / part
            continue
        alike = [child for child in _folders(folder) if spelling(child.name) == spelling(part)]
        if not alike:
            return None
        folder = alike[0]
    return folder


def spellings(names: Iterable[str]) -> tuple[str, ...]:
    """Names of folders in a form that case, blanks, dashes and underscores do not change.

    >>> spellings(["RealOcc_wild", "Real Occ (1)"])
    ('realoccwild', 'realocc')
    """
    return tuple(map(_spelling, names))


def _spelling(name: str) -> str:
    return "".join(filter(str.isalnum, _ADDED.sub("", normal(name).casefold())))


def _folders(folder: Path) -> list[Path]:
    """The subfolders by name, without clutter."""
    with os.scandir(folder) as entries:
        names = sorted(
            entry.name for entry in entries if not is_clutter(entry.name) and leads_to_folder(entry)
        )
    return [folder / name for name in names]
