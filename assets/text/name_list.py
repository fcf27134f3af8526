"""Lists of names of pictures, one a line, as different people write them.

A line may have blanks, quotes, a comma at its end, a folder, a suffix or none, zeros before a number, and a
comment after ``#``. Several names, or a name beside other columns, are read where it is clear which is which.
A line of neither (JSON, brackets, ranges, a web page) can't be read, and is never taken for one name that
nothing has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from assets.problems import Problem, ReportProblem
from assets.reading.tally import Tally
from assets.reading.unmatched import unmatched
from assets.text.lines import (
    clean,
    column_key,
    is_bare_name,
    is_picture_name,
    number_named,
    text_lines,
    unquote,
)
from assets.text.names_within import has_odd_signs, is_pattern, may_say_test, names_within
from natocc.files.names import is_number

_Key = TypeVar("_Key", bound=Hashable)
_COMMENT = re.compile(r"\s#(?=\s|$)")
_SEPARATOR = re.compile(r"[,;\t|]")
_AT_ENDS = re.compile(r"^[\s,;|]+|[\s,;|]+$")
_HEADINGS = frozenset(
    {"file", "files", "filename", "id", "idx", "image", "imageid", "imagename", "images", "name"}
)
_SUFFIX_INSIDE = re.compile(r"\.(?:jpe?g|png)(?=.)", re.IGNORECASE)
# A line of a list's own signs, as of JSON over several lines.
_ONLY_SIGNS = re.compile(r"[\[\](){},;\s=_-]+")


@dataclass(slots=True)
class NameList(Generic[_Key]):
    """The content of a list. ``found``: keys in order, also repeated ones.

    ``unclear``: lines that can't be read; ``doubtful``: keys that these may name; ``lost``: the number of
    them whose names are unknown. ``marked``: keys of lines that may also say "test" or "excluded".
    ``commented``: whether there is a line of comment, as in a list that is empty on purpose.
    """

    found: list[_Key] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)
    unclear: Tally = field(default_factory=Tally)
    doubtful: list[_Key] = field(default_factory=list)
    lost: int = 0
    marked: list[_Key] = field(default_factory=list)
    commented: bool = False

    @property
    def says_nothing(self) -> bool:
        """Whether the list has no line at all, not even a comment: a file that was cut off, not a choice."""
        return self.lines == 0 and not self.commented

    @property
    def lines(self) -> int:
        """The number of names and of lines that can't be read."""
        return len(self.found) + len(self.unmatched) + self.unclear.count


def read_names(text: str, key_of: Callable[[str], _Key | None]) -> NameList[_Key]:
    """The names of a list. ``key_of`` returns the key of a name, None if nothing has it."""
    names = NameList[_Key](commented=any(clean(line).startswith("#") for line in text_lines(text)))
    for number, line in numbered_entries(text):
        if _ONLY_SIGNS.fullmatch(line):
            continue
        key = _whole(line, key_of)
        if key is not None:
            names.found.append(key)
        elif not (names.lines == 0 and _is_heading(line)):
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


def _whole(line: str, key_of: Callable[[str], _Key | None]) -> _Key | None:
    """The key of a line that is one name, or one number with a decimal point (7.0)."""
    if not _may_be_one(line):
        return None
    number = number_named(line)
    return key_of(line) or key_of(unquote(line)) or (None if number is None else key_of(str(number)))


def _cells(line: str) -> list[str]:
    """The columns of a line: between separators, or between blanks if it has none."""
    separated = _SEPARATOR.search(line) is not None
    return [cell for cell in map(unquote, _SEPARATOR.split(line) if separated else line.split()) if cell]


def _is_heading(line: str) -> bool:
    """Whether a line has headings of columns and no picture."""
    cells = _cells(line)
    headed = any(column_key(cell) in _HEADINGS for cell in (line, *cells))
    return headed and not any(is_picture_name(cell) or is_number(cell) for cell in cells)


def _add_line(names: NameList[_Key], number: int, line: str, key_of: Callable[[str], _Key | None]) -> None:
    """Add a line that is not a known name as a whole. Names may have blanks, but not the other separators."""
    separated, cells = _SEPARATOR.search(line) is not None, _cells(line)
    keys = [key_of(cell) for cell in cells]
    pictures = [at for at, cell in enumerate(cells) if is_picture_name(cell)]
    unknown = [cell for cell, key in zip(cells, keys, strict=True) if key is None]
    clear = len(cells) > 1 and not any(_hides_name(cell, keys, key_of) for cell in unknown)
    taken: list[_Key] = []
    if clear and pictures and (separated or pictures[0] == 0):
        taken = [key for key in dict.fromkeys(keys[at] for at in pictures) if key is not None]
        names.unmatched += [cells[at] for at in pictures if keys[at] is None]
        others = [cell for at, cell in enumerate(cells) if at not in pictures]
    elif clear and keys[0] is not None and sum(key is not None for key in keys) == 1:
        taken, others = [keys[0]], cells[1:]
    else:
        _add_unclear(names, number, line, key_of)
        return
    names.found += taken
    if any(map(may_say_test, others)):
        names.marked += taken


def _add_unclear(names: NameList[_Key], number: int, line: str, key_of: Callable[[str], _Key | None]) -> None:
    """Add a line without clear columns: a name that nothing has, or a line that can't be read."""
    pieces = names_within(line)
    known = list(dict.fromkeys(key for key in map(key_of, pieces) if key is not None))
    if not known and _may_be_absent(line):
        names.unmatched.append(unquote(line))
        return
    names.unclear.add(f"line {number}")
    names.doubtful += known
    names.lost += not known or is_pattern(line)
    if any(map(may_say_test, pieces)):
        names.marked += known


def _hides_name(cell: str, keys: Sequence[_Key | None], key_of: Callable[[str], _Key | None]) -> bool:
    """Whether a cell that is no known name holds one: ``["0.jpg``, ``0.jpg?raw=1``, a mask of another."""
    if _SUFFIX_INSIDE.search(cell) is not None:
        return True
    if not is_picture_name(cell):
        return False
    within = map(key_of, names_within(cell))
    return has_odd_signs(cell) or any(key is not None and key not in keys for key in within)


def _may_be_absent(line: str) -> bool:
    """Whether a line is a name of a picture, or columns with one, though none that is there."""
    cells = _cells(line)
    pictures, numbers = any(map(is_picture_name, cells)), any(map(is_number, cells))
    one = len(cells) == 1 or is_picture_name(line)
    few = len(cells) == 2 or _SEPARATOR.search(line) is not None
    return is_bare_name(line) and not has_odd_signs(line) and (one or pictures or (numbers and few))
