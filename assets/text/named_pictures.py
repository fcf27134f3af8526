r"""The pictures of a dataset's folder that a written path may mean.

img/0.jpg                             as it is
img\0.jpg, ./img/0.jpg, /raw/set/img/0.jpg, 0.jpg, 00000    loosely: one of the paths ends with the other
x/0.jpg, masks/0_skin.png, "0.jpg,1.jpg"                    perhaps: only names in it agree
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path, PurePosixPath

from assets.reading.folders import files_below
from assets.reading.masks.match import PhotographNames
from assets.reading.naming import normal
from assets.text.lines import bare_name, is_picture_name, number_named, path_parts, without_suffix
from assets.text.names_within import names_within
from natocc.files.clutter import is_clutter
from natocc.files.read import what_is


@dataclass(frozen=True, slots=True)
class Meant:
    """Paths relative to the folder, composed. ``sure``: the path means these, and there is one."""

    paths: tuple[str, ...] = ()
    sure: bool = False


class NamedPictures:
    """Looks up written paths. The folder is walked once, for the first path that is not one of a file.

    ``patterns`` tell the paths of photographs (``images/*/*``); without any, every picture may be one.
    """

    def __init__(self, folder: Path, patterns: Collection[str] = ()) -> None:
        self._folder = folder
        self._patterns = [tuple(pattern.split("/")) for pattern in patterns]

    def find(self, written: str) -> Meant:
        """The photographs that a path may mean."""
        parts = path_parts(written)
        if not parts:
            return Meant()
        name = "/".join(parts)
        if not Path(written).is_absolute() and self._is_photograph(name) and self.is_file(name):
            return Meant((name,), sure=True)
        number = number_named(written)
        alike = self._index.get(bare_name(name), ()) or self._index.get(str(number), ())
        loosely = [path for path in alike if number is not None or _end_alike(path, name)]
        suffix = PurePosixPath(name).suffix.lower()
        same = [path for path in loosely if PurePosixPath(path).suffix.lower() == suffix] or loosely
        return Meant(tuple(same or alike), sure=len(same) == 1)

    def perhaps(self, written: str) -> tuple[str, ...]:
        """The photographs that any name in a text may mean, also as the name of a mask of theirs."""
        found: dict[str, None] = {}
        for name in names_within(written):
            found |= dict.fromkeys(self.find(name).paths or self._of_mask(name))
        return tuple(found)

    def is_file(self, name: str) -> bool:
        """Whether the file exists, with composed or decomposed accents in its name."""
        path = "/".join(path_parts(name))
        return any(not what_is(self._folder / unicodedata.normalize(form, path)) for form in ("NFC", "NFD"))

    def _of_mask(self, name: str) -> list[str]:
        """The photographs whose mask may have this name."""
        parts = path_parts(name)
        stems = self._names.closest(normal(without_suffix(parts[-1])))[1] if parts else []
        return [path for stem in stems for path in self._index.get(bare_name(stem), ())]

    def _is_photograph(self, path: str) -> bool:
        """Whether a path is like that of a photograph; the file need not be there."""
        parts = path.split("/")
        return is_picture_name(path) and (
            not self._patterns
            or any(
                len(parts) == len(pattern) and all(map(fnmatchcase, parts, pattern))
                for pattern in self._patterns
            )
        )

    @cached_property
    def _names(self) -> PhotographNames:
        return PhotographNames(self._index)

    @cached_property
    def _index(self) -> dict[str, list[str]]:
        """The paths of all photographs by their bare names."""
        found = defaultdict[str, list[str]](list)
        for file in files_below(self._folder, lambda name: not is_clutter(name)):
            path = "/".join(path_parts(file))
            if self._is_photograph(path):
                found[bare_name(path)].append(path)
        return dict(found)


def _end_alike(path: str, name: str) -> bool:
    """Whether one of the paths ends with the other, case and the file's suffix aside."""
    one, other = (_comparable(text)[::-1] for text in (path, name))
    return all(left == right for left, right in zip(one, other, strict=False))


def _comparable(path: str) -> tuple[str, ...]:
    *folders, _ = path_parts(path)
    return (*(folder.casefold() for folder in folders), bare_name(path))
