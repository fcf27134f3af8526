"""A table with one row a photograph, as CelebAMask-HQ and CelebA publish them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from assets.problems import Problem, ReportProblem
from assets.reading.tally import Tally
from assets.reading.unmatched import unmatched
from assets.text.table import Layout, read_rows

_PHOTO_COLUMNS = ("file", "image", "image_id", "idx", "name")
_MOST_CELLS = 5

_Row = TypeVar("_Row")


@dataclass(slots=True)
class PhotoTable(Generic[_Row]):
    """Rows by photograph. ``take`` removes a row, so the remaining rows have no photograph."""

    where: str
    rows: dict[str, _Row]
    lacking: Tally = field(default_factory=Tally)

    def take(self, name: str) -> _Row | None:
        """Remove and return the photograph's row. A photograph without a row is counted."""
        row = self.rows.pop(name, None)
        if row is None:
            self.lacking.add(name)
        return row

    def report_mismatches(self, report: ReportProblem) -> None:
        """Report the photographs without a row in one line, and the rows without a photograph in another."""
        if self.lacking:
            report(note(self.where, "a row for each photograph", f"none for {self.lacking}"))
        if self.rows:
            expected, todo = "a photograph for each row", "correct or remove them"
            report(
                unmatched(self.where, "rows without a photograph", self.rows, expected=expected, todo=todo)
            )


def read_photo_table(
    path: Path, raw: Path, report: ReportProblem, layout_from: Callable[[list[str]], Layout[_Row]]
) -> PhotoTable[_Row] | None:
    """As ``read_rows``: None if the table is missing or can't be read."""
    rows = read_rows(path, raw, report, layout_from)
    return None if rows is None else PhotoTable(path.relative_to(raw).as_posix(), rows)


def note(where: str, expected: str, got: str) -> Problem:
    """Report a finding that does not exclude anything from the bank."""
    return Problem(path=where, expected=expected, got=got, action="noted")


def column_names(cells: list[str]) -> tuple[str, ...]:
    """The column names, without the photographs' column, which has no name in the download."""
    return tuple(cells[1:] if cells[0].lower() in _PHOTO_COLUMNS else cells)


def first_cells(cells: list[str]) -> str:
    """The start of a row, for a message."""
    return " ".join(cells[:_MOST_CELLS]) + (" …" if len(cells) > _MOST_CELLS else "")
