"""The photographs that an upscaler is trained on: those of a folder."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from assets.pictures.images import read_image
from assets.problems import BadInput, Problem, conversions
from assets.reading.naming import normal
from natocc.geometry import Image
from shards.storage import sha256_bytes

SUFFIXES = (".bmp", ".jpeg", ".jpg", ".png", ".webp")
# Formats that need no note; other conversions are reported.
_USUAL = ("PNG", "WEBP", "BMP")
# The largest share of the photographs that is held out.
_MOST_HELD_OUT = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """One photograph; ``sha256`` of its file or members."""

    name: str
    sha256: str
    held_out: bool = False


class PhotoReader(Protocol):
    """Gives a photograph's pixels."""

    def __call__(self, photo: Photo) -> tuple[Image, Image | None]:
        """RGB uint8 HxWx3, and uint8 HxW where only a part of it counts. ValueError where it changed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Photos:
    """``taken`` in a fixed order; ``problems``: left out or converted; ``notes``: what is lacking."""

    taken: tuple[Photo, ...]
    read: PhotoReader
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    # Of those that are trained on; none where nobody says.
    licences: tuple[str, ...] = ()

    @property
    def training(self) -> tuple[Photo, ...]:
        return tuple(photo for photo in self.taken if not photo.held_out)

    @property
    def held_out(self) -> tuple[Photo, ...]:
        return tuple(photo for photo in self.taken if photo.held_out)


def photos_in_folder(folder: str | Path, *, least: int, held_out: int) -> Photos:
    """All photographs under a folder, by path, that are ``least`` pixels a side at least.

    Every file is read once. Those of the smallest hashes are held out, at most a quarter of all; one
    alone is not. Problems are other files, damaged, too small and equal ones, and conversions.
    Raises FileNotFoundError for no folder, ValueError for one without photographs.
    """
    root = Path(folder)
    if not root.is_dir():
        raise FileNotFoundError(f"{folder}: expected a folder of photographs, found none")
    problems: list[Problem] = []
    taken: dict[str, Photo] = {}
    paths: dict[str, Path] = {}
    for path in _files(root):
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
    """A reader that keeps pictures in memory up to ``room`` bytes; the others are read each time."""

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


def _files(root: Path) -> Iterator[Path]:
    """Files under a folder, in order of their paths; names that begin with a dot are skipped."""
    found = []
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(folder) / name for name in files if not name.startswith(".")]
    return iter(sorted(found, key=lambda path: path.relative_to(root).as_posix()))


def _shown(path: Path) -> str:
    """The path as text; bytes that are not UTF-8 become question marks."""
    return normal(path.as_posix().encode(errors="replace").decode())


def unfit(name: str, rgb: Image, least: int, equal: Photo | None) -> Problem | None:
    """Why a picture is not taken: too small, or of the same content as ``equal``; None where it is."""
    height, width = rgb.shape[:2]
    if min(height, width) < least:
        return Problem(path=name, expected=f"{least} pixels a side at least", got=f"{width}x{height}")
    if equal:
        return Problem(path=name, expected="a photograph of its own", got=f"the content of {equal.name}")
    return None


def expect_some(found: Iterable[Photo], where: str, least: int, problems: list[Problem]) -> None:
    """Raise ValueError with what was refused if no photograph is left."""
    if any(True for _ in found):
        return
    refused = [problem for problem in problems if problem.action == "refused"]
    first = f"; {len(refused)} refused, the first: {refused[0]}" if refused else ""
    raise ValueError(f"{where}: expected photographs of {least} pixels a side at least, found none{first}")


def fewer(wanted: int, count: int) -> tuple[str, ...]:
    """A note if fewer photographs are held out than requested."""
    return (f"held out: {count} photographs where {wanted} were asked for",) if count < wanted else ()
