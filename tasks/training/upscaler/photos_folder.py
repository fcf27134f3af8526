"""A folder's pictures as training photographs of an upscaler."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from assets.pictures.photograph import read_image
from assets.problems import BadInput, Problem, conversions
from assets.reading.folders import SeenFolders
from assets.reading.naming import normal
from assets.wording import count_of
from natocc.files.clutter import is_clutter
from natocc.files.read import leads_to_folder
from natocc.geometry import Image
from shards.storage import sha256_bytes

SUFFIXES = (".bmp", ".jpeg", ".jpg", ".png", ".webp")
# Formats that are read without a note; other conversions are reported.
_USUAL = ("PNG", "WEBP", "BMP")
# Largest held-out share of the photographs.
_MOST_HELD_OUT = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """One photograph; ``sha256`` is the hash of its file or members."""

    name: str
    sha256: str
    held_out: bool = False


class PhotoReader(Protocol):
    """Reads a photograph's pixels."""

    def __call__(self, photo: Photo) -> tuple[Image, Image | None]:
        """Return RGB uint8 HxWx3 and an optional matte, uint8 HxW. Raises ValueError if the file changed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Photos:
    """``taken``: photographs in a fixed order; ``problems``: skipped or converted files; ``notes``: gaps."""

    taken: tuple[Photo, ...]
    read: PhotoReader
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    # Licences of the training photographs; empty if unknown.
    licences: tuple[str, ...] = ()

    @property
    def training(self) -> tuple[Photo, ...]:
        return tuple(photo for photo in self.taken if not photo.held_out)

    @property
    def held_out(self) -> tuple[Photo, ...]:
        return tuple(photo for photo in self.taken if photo.held_out)


def photos_in_folder(folder: str | Path, *, least: int, held_out: int) -> Photos:
    """Return all photographs under a folder, by path, with sides of at least ``least`` pixels.

    Every file is read once. The photographs with the smallest hashes are held out, at most a quarter of
    all; a single photograph is not held out. Problems are other files, folders that can't be read,
    damaged, too small and duplicate photographs, and conversions.
    Raises FileNotFoundError for a missing folder, ValueError for a folder without photographs.
    """
    root = Path(folder)
    if not root.is_dir():
        raise FileNotFoundError(f"{folder}: expected a folder of photographs, found none")
    problems: list[Problem] = []
    taken: dict[str, Photo] = {}
    paths: dict[str, Path] = {}
    for path in _files(root, problems):
        name = _shown(path.relative_to(root))
        if path.suffix.lower() not in SUFFIXES:
            expected = f"a photograph ({', '.join(SUFFIXES)})"
            problems.append(Problem(path=name, expected=expected, got="another file"))
            continue
        try:
            picture = read_image(path)
        except BadInput as error:
            problems.append(error.problem(name))
            continue
        sha256 = sha256_bytes(picture.data)
        refused = unfit(name, picture.rgb, least, taken.get(sha256))
        if refused:
            problems.append(refused)
            continue
        notes = tuple(note for note in picture.notes if note not in _USUAL)
        problems += conversions(name, "an upright RGB photograph", notes)
        taken[sha256], paths[sha256] = Photo(name=name, sha256=sha256), path

    def read(photo: Photo) -> tuple[Image, Image | None]:
        picture = read_image(paths[photo.sha256])
        if sha256_bytes(picture.data) != photo.sha256:
            raise ValueError(f"{photo.name}: expected the photograph as it was at the start, got another")
        return picture.rgb, None

    expect_some(taken.values(), str(folder), least, problems)
    chosen = tuple(taken.values())
    count = min(held_out, max(1, int(len(chosen) * _MOST_HELD_OUT))) if len(chosen) > 1 else 0
    first = set(sorted(taken)[:count])
    return Photos(
        taken=tuple(replace(photo, held_out=photo.sha256 in first) for photo in chosen),
        read=read,
        problems=tuple(problems),
        notes=fewer(held_out, count),
    )


class CachedReader:
    """A reader that caches pictures up to ``room`` bytes; other pictures are read each time."""

    def __init__(self, read: PhotoReader, room: int) -> None:
        self._read, self._room = read, room
        self._kept: dict[str, tuple[Image, Image | None]] = {}

    def __call__(self, photo: Photo) -> tuple[Image, Image | None]:
        found = self._kept.get(photo.sha256)
        if found is None:
            found = self._read(photo)
            self._room -= found[0].nbytes + (0 if found[1] is None else found[1].nbytes)
            if self._room >= 0:
                self._kept[photo.sha256] = found
        return found


def _files(root: Path, problems: list[Problem]) -> list[Path]:
    """The files under a folder in path order, without clutter; folders that can't be read become problems.

    Links to folders are followed after the folders themselves. Each folder is walked once, so that no link
    loops.
    """
    found, seen = list[Path](), SeenFolders()
    folders, links = [root], list[Path]()
    while folders or links:
        folder = folders.pop() if folders else links.pop()
        try:
            with os.scandir(folder) as opened:
                entries = [entry for entry in opened if not is_clutter(entry.name)]
            if not seen.is_new(folder):
                continue
        except OSError as error:
            name, got = _shown(folder.relative_to(root)), error.strerror or str(error)
            problems.append(Problem(path=name, expected="a folder that can be read", got=got))
            continue
        for entry in sorted(entries, key=lambda entry: entry.name, reverse=True):
            inner = links if entry.is_symlink() else folders
            (inner if leads_to_folder(entry) else found).append(Path(entry.path))
    return sorted(found, key=lambda path: path.relative_to(root).as_posix())


def _shown(path: Path) -> str:
    """Return the path as text; bytes that are not UTF-8 become question marks."""
    return normal(path.as_posix().encode(errors="replace").decode())


def unfit(name: str, rgb: Image, least: int, equal: Photo | None) -> Problem | None:
    """Return the reason to skip a picture (too small, or same content as ``equal``), or None."""
    height, width = rgb.shape[:2]
    if min(height, width) < least:
        return Problem(path=name, expected=f"{least} pixels a side at least", got=f"{width}x{height}")
    if equal:
        return Problem(path=name, expected="a photograph of its own", got=f"the content of {equal.name}")
    return None


def expect_some(found: Iterable[Photo], where: str, least: int, problems: list[Problem]) -> None:
    """Raise ValueError with the rejected files if no photograph is left."""
    if any(True for _ in found):
        return
    refused = [problem for problem in problems if problem.action == "refused"]
    first = f"; {len(refused)} refused, the first: {refused[0]}" if refused else ""
    raise ValueError(f"{where}: expected photographs of {least} pixels a side at least, found none{first}")


def fewer(wanted: int, count: int) -> tuple[str, ...]:
    """Return a note if fewer photographs are held out than requested."""
    return (f"held out: expected {count_of(wanted, 'photographs')}, got {count}",) if count < wanted else ()
