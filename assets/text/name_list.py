"""Lists of names of pictures, one a line, as different people write them.

A line may have blanks, quotes, a comma at its end, a folder, a suffix or none, zeros before a number, and a
comment after ``#``. Several names, or a name beside other columns, are read where it is clear which is which.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from assets.problems import Problem, ReportProblem
from assets.reading.tally import Tally
from assets.reading.unmatched import unmatched
from assets.text.lines import clean, column_key, is_bare_name, is_picture_name, text_lines, unquote

_Key = TypeVar("_Key", bound=Hashable)
_COMMENT = re.compile(r"\s#(?=\s|$)")
_SEPARATOR = re.compile(r"[,;\t|]")
_AT_ENDS = re.compile(r"^[\s,;|]+|[\s,;|]+$")
_HEADINGS = frozenset({"file", "files", "filename", "id", "image", "imageid", "imagename", "images", "name"})


@dataclass(slots=True)
class NameList(Generic[_Key]):
    """The content of a list. ``found``: keys in order, also repeated ones.

    ``unclear``: lines that can't be read; ``doubtful``: keys that these may name; ``lost``: the number of
    them that name nothing known.
    """

    found: list[_Key] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)
    unclear: Tally = field(default_factory=Tally)
    doubtful: list[_Key] = field(default_factory=list)
    lost: int = 0

    @property
    def lines(self) -> int:
        """The number of names and of lines that can't be read."""
        return len(self.found) + len(self.unmatched) + self.unclear.count


def read_names(text: str, key_of: Callable[[str], _Key | None]) -> NameList[_Key]:
    """The names of a list. ``key_of`` returns the key of a name, None if nothing has it."""
    names = NameList[_Key]()
    for number, line in numbered_entries(text):
        key = (key_of(line) or key_of(unquote(line))) if _may_be_one(line) else None
        if key is not None:
            names.found.append(key)
        elif not (names.lines == 0 and column_key(line) in _HEADINGS):
            _add_line(names, number, line, key_of)
    return names


def report_names(names: NameList[_Key], where: str, expected: str, report: ReportProblem) -> None:
    """Report the names without a photograph in one line, and the lines that can't be read in another."""
    if names.unmatched:
        kind = "names without a photograph"
        report(unmatched(where, kind, names.unmatched, expected=expected, todo="correct or remove them"))
    if names.unclear:
        report(Problem(path=where, expected="one name a line", got=f"others: {names.unclear}"))


def numbered_entries(text: str) -> Iterator[tuple[int, str]]:
    """Number and content of each line, without comments, blanks and separators at its ends."""
    for number, line in enumerate(text_lines(text), 1):
        entry = _AT_ENDS.sub("", clean(_COMMENT.split(line)[0]))
        if entry and not entry.startswith("#"):
            yield number, entry


def _may_be_one(line: str) -> bool:
    """Whether a line may be one path: no other name stands before its last folder."""
    folders = line.replace("\\", "/").rpartition("/")[0]
    return not _SEPARATOR.search(folders) and not any(map(is_picture_name, folders.split()))


def _add_line(names: NameList[_Key], number: int, line: str, key_of: Callable[[str], _Key | None]) -> None:
    """Add a line that is not a known name as a whole. Names may have blanks, but not the other separators."""
    separated = _SEPARATOR.search(line) is not None
    cells = [cell for cell in map(unquote, _SEPARATOR.split(line) if separated else line.split()) if cell]
    keys = [key_of(cell) for cell in cells]
    known = [key for key in keys if key is not None]
    pictures = [at for at, cell in enumerate(cells) if is_picture_name(cell)]
    if len(cells) > 1 and pictures and (separated or pictures[0] == 0):
        names.found += [key for key in dict.fromkeys(keys[at] for at in pictures) if key is not None]
        names.unmatched += [cells[at] for at in pictures if keys[at] is None]
    elif len(cells) > 1 and keys[0] is not None and len(known) == 1:
        names.found.append(keys[0])
    elif not known and is_bare_name(line):
        names.unmatched.append(unquote(line))
    else:
        names.unclear.add(f"line {number}")
        names.doubtful += known
        names.lost += not known
