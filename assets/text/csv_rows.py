"""CSV as spreadsheets and editors write it: one row a line, separated by commas, semicolons or tabs.

A lone quote must not swallow the lines below it: a row may span lines only if it has the header's number of
cells and none of its further lines has.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from assets.problems import BadInput
from assets.text.lines import clean, column_key, text_lines

_DELIMITERS = ",;\t|"
# Excel's line that states the separator.
_SEPARATOR = re.compile(r'"?sep=[,;\t|]"?', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CsvRow:
    """A row from line ``line`` on (from 1). ``cells``: by column; None if the row can't be read."""

    line: int
    text: str
    cells: dict[str, str] | None
    # The parts of the text between separators, quoted or not, in their order.
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CsvTable:
    """The columns, each in the spelling of the caller if it is known, and the rows."""

    columns: tuple[str, ...]
    rows: tuple[CsvRow, ...]


def parse_csv(text: str, known: Collection[str], required: str) -> CsvTable:
    """The table. Case and blanks of headings do not count; empty rows are left out.

    Raises BadInput if there is no column ``required``, or if a column is there twice.
    """
    lines = text_lines(text)
    start = next((at for at, line in enumerate(lines) if clean(line) and not _is_separator(line)), len(lines))
    head = clean(lines[start]) if start < len(lines) else ""
    columns, delimiter = _header(head, known, required)
    if twice := sorted({name for name in columns if name and columns.count(name) > 1}):
        raise BadInput("each column once", f"{', '.join(twice)} twice")
    reader = _Rows(lines, columns, delimiter)
    return CsvTable(columns, tuple(row for row in reader.read(start + 1) if any(map(clean, row.parts))))


def _is_separator(line: str) -> bool:
    return _SEPARATOR.fullmatch(clean(line)) is not None


def _header(line: str, known: Collection[str], required: str) -> tuple[tuple[str, ...], str]:
    """The columns, and the separator by which the required one is there."""
    names = {column_key(name): name for name in known}
    for delimiter in _DELIMITERS:
        cells = [clean(cell) for cell in _cells(line, delimiter) or ()]
        while cells and not cells[-1]:
            cells.pop()
        columns = tuple(names.get(column_key(cell), cell) for cell in cells)
        if required in columns:
            return columns, delimiter
    got = ", ".join(map(clean, _cells(line, ",") or [line]))
    raise BadInput(f"a column {required}", got or "none")


class _Rows:
    """The rows of a text below its header."""

    def __init__(self, lines: Sequence[str], columns: tuple[str, ...], delimiter: str) -> None:
        self._lines, self._columns, self._delimiter = lines, columns, delimiter

    def read(self, at: int) -> list[CsvRow]:
        rows = []
        while at < len(self._lines):
            cells, end = self._fitting(self._lines[at]), at + 1
            if cells is None and (joined := self._joined(at)) is not None:
                cells, end = joined
            text = "\n".join(self._lines[at:end])
            parts = tuple(cells) if cells else tuple(text.split(self._delimiter))
            named = None if cells is None else dict(zip(self._columns, cells, strict=True))
            rows.append(CsvRow(at + 1, text, named, parts))
            at = end
        return rows

    def _fitting(self, text: str) -> list[str] | None:
        """The cells of a row with as many as there are columns, besides empty ones at its end."""
        cells = _cells(text, self._delimiter)
        while cells and len(cells) > len(self._columns) and not clean(cells[-1]):
            cells.pop()
        return cells if cells and len(cells) == len(self._columns) else None

    def _joined(self, at: int) -> tuple[list[str], int] | None:
        """The cells of a row of several lines, and the line after it; None if it is none."""
        if _cells(self._lines[at], self._delimiter) is not None:
            return None
        for end in range(at + 1, len(self._lines)):
            if self._fitting(self._lines[end]) is not None:
                return None
            if self._lines[end].count('"') % 2:
                cells = self._fitting("\n".join(self._lines[at : end + 1]))
                return None if cells is None else (cells, end + 1)
        return None


def _cells(text: str, delimiter: str) -> list[str] | None:
    """The cells of a text; None if its quotes do not match."""
    try:
        rows = list(csv.reader([text], delimiter=delimiter, skipinitialspace=True, strict=True))
    except csv.Error:
        return None
    return rows[0] if rows else []
