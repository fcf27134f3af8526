"""Tables as published with CelebA: a count, perhaps column names, then one row a line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from assets.problems import BadInput, Problem, ReportProblem, unreadable
from assets.reading.tally import Tally
from assets.text.lines import clean, text_lines, unquote
from assets.wording import count_of
from natocc.files.names import is_number
from natocc.files.read import is_there
from natocc.files.text import read_text

_Row = TypeVar("_Row")
_SEPARATOR = re.compile("[,;|]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout(Generic[_Row]):
    """How to read the rows of a table.

    ``has_header``: the line passed to ``layout_from`` has the column names and is not a row. ``parse``
    returns a row's name and value, or None to skip the row. It raises BadInput for an unusable row.
    """

    has_header: bool
    parse: Callable[[list[str]], tuple[str, _Row] | None]


@dataclass(slots=True)
class _Content(Generic[_Row]):
    rows: dict[str, _Row] = field(default_factory=dict)
    stated: int | None = None  # rows, as the first line says
    total: int = 0
    differing: set[str] = field(default_factory=set)
    # By expected content: the faulty lines, and the content of the first.
    refused: dict[str, tuple[Tally, str]] = field(default_factory=dict)

    def add(self, row: tuple[str, _Row] | None) -> None:
        if row is None:
            return
        name, value = row
        if self.rows.setdefault(name, value) != value:
            self.differing.add(name)
            raise BadInput("one row a name", f"another one of {name}")

    def refuse(self, line: int, error: BadInput) -> None:
        self.refused.setdefault(error.expected, (Tally(), error.got))[0].add(f"line {line}")


def read_rows(
    path: Path, raw: Path, report: ReportProblem, layout_from: Callable[[list[str]], Layout[_Row]]
) -> dict[str, _Row] | None:
    """The rows by name; None if the file does not exist or can't be read.

    Cells are separated by blanks, tabs, commas or semicolons; quotes around them do not count. A first line
    with one number states the number of rows. ``layout_from`` gets the cells of the next line; if it raises
    BadInput, the table is refused. Faulty rows, and rows of one name that differ, are left out and reported,
    one line for each kind of fault.
    """
    if not is_there(path):
        return None
    where = path.relative_to(raw).as_posix()
    try:
        content = _read_content(path, layout_from)
    except BadInput as error:
        report(error.problem(where))
        return None
    except OSError as error:
        report(unreadable(error, "text in UTF-8").problem(where))
        return None
    for expected, (lines, got) in content.refused.items():
        report(Problem(path=where, expected=expected, got=f"{got} and the like: {lines}"))
    if content.stated not in (None, content.total):
        expected, got = f"{count_of(content.stated, 'rows')}, as its first line says", str(content.total)
        report(Problem(path=where, expected=expected, got=got, action="noted"))
    return {name: value for name, value in content.rows.items() if name not in content.differing}


def _read_content(path: Path, layout_from: Callable[[list[str]], Layout[_Row]]) -> _Content[_Row]:
    """Raises BadInput for a table without rows or with another layout, OSError for an unreadable one."""
    content, layout = _Content[_Row](), None
    for line, cells in _lines(path):
        if layout is None:
            if content.stated is None and len(cells) == 1 and is_number(cells[0]):
                content.stated = int(cells[0])
                continue
            layout = layout_from(cells)
            if layout.has_header:
                continue
        content.total += 1
        try:
            content.add(layout.parse(cells))
        except BadInput as error:
            content.refuse(line, error)
    if layout is None:
        raise BadInput("rows", "an empty file")
    return content


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Line number (from 1) and cells of each non-empty line."""
    for number, line in enumerate(text_lines(read_text(path)), 1):
        if cells := [unquote(cell) for cell in _SEPARATOR.sub(" ", clean(line)).split()]:
            yield number, cells
