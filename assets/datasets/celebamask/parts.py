"""CelebAMask-HQ's part masks by photograph. The 370,000 file names are not held in memory."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath

from assets.problems import Problem, ReportProblem
from assets.reading.folders import is_text
from assets.reading.masks.choose import masks_without_photograph
from assets.reading.masks.match import MASK_ENDINGS, PhotographNames, without_mask_word
from assets.reading.masks.unfit import may_be_mask, readings
from assets.reading.naming import normal, same_name
from assets.reading.tally import Tally
from assets.reading.unmatched import unmatched
from natocc.files.clutter import is_clutter
from natocc.files.names import is_number, name_order
from natocc.files.read import leads_to_folder
from natocc.masks.policy import PARTS

# In the download, the masks of photograph i are in the folder i // 2000.
PER_FOLDER = 2000
_CANONICAL = re.compile(rf"(\d{{5,}})_({'|'.join(PARTS)})\.png")
# The parts of a face in one folder as bits: bit k is the k-th part in order of name.
_NAMES = tuple(sorted(PARTS))
_SEPARATORS = str.maketrans(" .-", "___")
_BITS = {name: 1 << place for place, name in enumerate(_NAMES)}
_EXPECTED = f"a part mask ({', '.join(MASK_ENDINGS)})"


class PartFiles:
    """Part files by photograph: ``<i // 2000>/<i, five digits>_<part>.png``, and files in other places.

    Files in the download's layout are read one folder at a time, so memory use stays constant if photographs
    come in numeric order. Only files in other places are kept by name. ``stems`` are the names of all
    photographs. Call ``masks_of`` for every photograph, then ``finish``.
    """

    def __init__(self, folder: Path, stems: Iterable[str], raw: Path, report: ReportProblem) -> None:
        self._folder, self._where = folder, folder.relative_to(raw).as_posix()
        self._report = report
        self._without_photograph, self._of_no_part = Tally(), Tally()
        self._others: dict[str, dict[str, str]] = defaultdict(dict)  # stem -> part -> path below folder
        self._left: set[int] = set()  # numbered folders that are not read yet
        self._current, self._parts = -1, dict[int, int]()
        self._last: tuple[str, dict[str, Path]] = ("", {})
        self._unfit: dict[str, dict[str, str]] = defaultdict(dict)  # as _others, files that are no pictures
        self._list_others()
        self._match_loosely(stems)

    def masks_of(self, stem: str) -> dict[str, Path]:
        """Part files of the photograph with this name, in order of the parts' names; may be empty.

        A second file of one part is a Problem and is not used.
        """
        name = same_name(stem)
        if name == self._last[0]:  # 7.jpg and 007.jpg: a duplicate photograph, reported elsewhere
            return dict(self._last[1])
        found: dict[str, str] = {}
        if is_number(stem):
            number = int(stem)
            self._open(number // PER_FOLDER)
            found = dict(self._canonical(number, self._parts.pop(number, 0)))
        for part, path in self._others.pop(name, {}).items():
            if (first := found.setdefault(part, path)) is not path:
                self._second(path, first)
        for part in found:
            self._unfit.get(name, {}).pop(part, None)
        self._last = name, {part: self._folder / found[part] for part in sorted(found)}
        return dict(self._last[1])

    def unfit_of(self, stem: str) -> Path | None:
        """A file of a part that the photograph's masks lack, and that is no picture; after ``masks_of``."""
        paths = self._unfit.get(same_name(stem), {})
        return next((self._folder / path for path in paths.values()), None)

    def finish(self) -> None:
        """Report masks without a photograph, and those of no known part, in one line each."""
        self._orphans()
        for number in sorted(self._left):
            self._open(number)
            self._orphans()
        for _, found in sorted(self._others.items()):
            for part in sorted(found):
                self._without_photograph.add(found[part])
        if self._without_photograph:
            self._report(masks_without_photograph(self._where, self._without_photograph))
        if self._of_no_part:
            expected, todo = "names that end in a part (…_skin.png)", f"the parts are {', '.join(PARTS)}"
            kind = "masks of no known part"
            self._report(unmatched(self._where, kind, self._of_no_part, expected=expected, todo=todo))

    def _list_others(self) -> None:
        """List all files once. For files in the download's layout, only their folder is recorded."""
        self._list(self._folder, "")
        inner = sorted(
            (entry.name for entry in os.scandir(self._folder) if leads_to_folder(entry)), key=name_order
        )
        for name in inner:
            if not is_clutter(name):
                self._list(self._folder / name, f"{name}/")

    def _list(self, place: Path, prefix: str) -> None:
        number = int(prefix[:-1]) if is_number(prefix[:-1]) and str(int(prefix[:-1])) == prefix[:-1] else -1
        others = []
        with os.scandir(place) as entries:
            for entry in entries:
                if number >= 0 and _number_of(entry.name, number) is not None:
                    self._left.add(number)
                elif not is_clutter(entry.name) and (prefix or not leads_to_folder(entry)):
                    others.append((entry.name, leads_to_folder(entry)))
        for name, below in sorted(others, key=lambda one: name_order(one[0])):
            self._keep(f"{prefix}{name}", below)

    def _keep(self, path: str, below: bool) -> None:
        """Keep a file from another place by its photograph, or report that it is no part mask."""
        where, suffix = f"{self._where}/{path}", PurePath(path).suffix
        stem, part = _split(PurePath(path).stem)
        if below or suffix.lower() not in MASK_ENDINGS:
            got = "a folder" if below else "another file"
            self._report(Problem(path=where, expected=_EXPECTED, got=got))
            self._keep_unfit(path)
        elif not is_text(path):
            self._report(Problem(path=where, expected="a name in UTF-8", got="other bytes"))
            self._keep_unfit(path)
        elif not part:
            self._of_no_part.add(path)
        else:
            self._add(same_name(stem), part, path)

    def _keep_unfit(self, path: str) -> None:
        for stem in readings(PurePath(path).stem) if may_be_mask(self._folder / path) else ():
            name, part = _split(stem)
            if part:
                self._unfit[same_name(name)].setdefault(part, path)

    def _add(self, name: str, part: str, path: str) -> None:
        if (first := self._others[name].setdefault(part, path)) is not path:
            self._second(path, first)

    def _match_loosely(self, stems: Iterable[str]) -> None:
        """Give masks whose photograph has no such name to the one that their name fits otherwise."""
        stems = list(stems)
        known = set(map(same_name, stems))
        photographs = PhotographNames(stems)
        for name in [name for name in self._others if name not in known]:
            _, found = photographs.closest(normal(name))
            if len(found) == 1:
                for part, path in self._others.pop(name).items():
                    self._add(same_name(found[0]), part, path)
        for name in [name for name in self._unfit if name not in known]:
            _, found = photographs.closest(normal(name))
            if len(found) == 1:
                for part, path in self._unfit.pop(name).items():
                    self._unfit[same_name(found[0])].setdefault(part, path)

    def _open(self, number: int) -> None:
        """Read this folder's canonical files, and report unused files of the previous folder as orphans."""
        if number == self._current:
            return
        self._orphans()
        self._current, self._parts = number, {}
        if number not in self._left:
            return
        self._left.discard(number)
        with os.scandir(self._folder / str(number)) as entries:
            for entry in entries:
                if (named := _number_of(entry.name, number)) is not None:
                    self._parts[named[0]] = self._parts.get(named[0], 0) | _BITS[named[1]]

    def _canonical(self, number: int, bits: int) -> Iterator[tuple[str, str]]:
        for name in _NAMES:
            if bits & _BITS[name]:
                yield name, f"{number // PER_FOLDER}/{number:05d}_{name}.png"

    def _orphans(self) -> None:
        for number, bits in sorted(self._parts.items()):
            for _, path in self._canonical(number, bits):
                self._without_photograph.add(path)
        self._parts = {}

    def _second(self, path: str, first: str) -> None:
        got = f"a second one beside {self._where}/{first}"
        self._report(Problem(path=f"{self._where}/{path}", expected="one file a part", got=got))


def _split(stem: str) -> tuple[str, str]:
    """The photograph's name and the part that a mask's stem names; the part is "" if there is none.

    >>> _split("00007_skin"), _split("ada-L_Brow_mask"), _split("7_ear")
    (('00007', 'skin'), ('ada', 'l_brow'), ('7_ear', ''))
    """
    for name in (stem, without_mask_word(stem)):
        plain = name.lower().translate(_SEPARATORS)
        # No part's name with its underscore is the end of another's, so at most one matches.
        part = next((part for part in PARTS if plain.endswith(f"_{part}")), "")
        if part:
            return name[: -len(part) - 1], part
    return stem, ""


def _number_of(name: str, folder: int) -> tuple[int, str] | None:
    """Number and part of a file that lies in this folder as in the download; None for any other file."""
    found = _CANONICAL.fullmatch(name)
    if found is None or not found[1].isascii():
        return None
    number = int(found[1])
    return (number, found[2]) if number // PER_FOLDER == folder and f"{number:05d}" == found[1] else None
