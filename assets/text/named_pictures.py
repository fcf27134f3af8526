r"""The pictures of a dataset's folder that a written path may mean.

img/0.jpg                             as it is
img\0.jpg, ./img/0.jpg, /raw/set/img/0.jpg, 0.jpg, 00000    loosely: one of the paths ends with the other
x/0.jpg                               perhaps: only the name agrees
"""

from __future__ import annotations

import os
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from assets.text.lines import bare_name, is_picture_name, path_parts
from natocc.files.clutter import is_clutter
from natocc.files.read import what_is


@dataclass(frozen=True, slots=True)
class Meant:
    """Paths relative to the folder, composed. ``sure``: the path means these, and there is one."""

    paths: tuple[str, ...] = ()
    sure: bool = False


class NamedPictures:
    """Looks up written paths. The folder is walked once, for the first path that is not one of a file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._by_name: dict[str, list[str]] | None = None

    def find(self, written: str) -> Meant:
        """The pictures that a path may mean."""
        parts = path_parts(written)
        if not parts:
            return Meant()
        name = "/".join(parts)
        if not Path(written).is_absolute() and self._is_there(name):
            return Meant((name,), sure=True)
        alike = self._index().get(bare_name(name), ())
        loosely = [path for path in alike if _end_alike(path, name)]
        suffix = PurePosixPath(name).suffix.lower()
        same = [path for path in loosely if PurePosixPath(path).suffix.lower() == suffix] or loosely
        return Meant(tuple(same or alike), sure=len(same) == 1)

    def _is_there(self, name: str) -> bool:
        """Whether the file exists, with composed or decomposed accents in its name."""
        return any(not what_is(self._folder / unicodedata.normalize(form, name)) for form in ("NFC", "NFD"))

    def _index(self) -> dict[str, list[str]]:
        """The paths of all pictures by their bare names."""
        if self._by_name is None:
            found = defaultdict[str, list[str]](list)
            for place, folders, files in os.walk(self._folder):
                folders[:] = sorted(name for name in folders if not is_clutter(name))
                inside = Path(place).relative_to(self._folder)
                for file in sorted(name for name in files if is_picture_name(name) and not is_clutter(name)):
                    path = "/".join(path_parts((inside / file).as_posix()))
                    found[bare_name(file)].append(path)
            self._by_name = dict(found)
        return self._by_name


def _end_alike(path: str, name: str) -> bool:
    """Whether one of the paths ends with the other, case and the file's suffix aside."""
    one, other = (_comparable(text)[::-1] for text in (path, name))
    return all(left == right for left, right in zip(one, other, strict=False))


def _comparable(path: str) -> tuple[str, ...]:
    *folders, _ = path_parts(path)
    return (*(folder.casefold() for folder in folders), bare_name(path))
