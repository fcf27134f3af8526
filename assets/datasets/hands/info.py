"""``HandInfo.csv`` of 11k Hands: metadata of each photograph."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from assets.problems import BadInput, Problem, ReportProblem, unreadable
from assets.reading.tally import Tally
from assets.reading.unmatched import tally_of, unmatched
from assets.text.csv_rows import CsvTable, parse_csv
from assets.text.lines import bare_name, cell_name, plain
from assets.text.sidecar_row import person_named
from natocc.files.read import is_there
from natocc.files.text import read_text

_NAME = "HandInfo.csv"
SKINS = ("very fair", "fair", "medium", "dark")
ASPECTS = ("dorsal left", "dorsal right", "palmar left", "palmar right")
_FLAGS = {
    **{"0": False, "1": True, "no": False, "yes": True, "false": False, "true": True, "": None},
    # As numbers are written in a column with empty cells.
    **{"0.0": False, "1.0": True},
}
_COLUMNS = ("imageName", "id", "skinColor", "aspectOfHand", "accessories", "irregularities")
_EXPECTED = "the table of the download, with imageName"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandInfo:
    """One row; "" and None for unknown values."""

    subject: str = ""
    skin: str = ""
    aspect: str = ""
    accessories: bool | None = None
    irregularities: bool | None = None


UNKNOWN = HandInfo()


@dataclass(slots=True)
class HandTable:
    """Rows by the bare name of their photograph."""

    where: str
    rows: dict[str, HandInfo] = field(default_factory=dict)

    def row_of(self, image: str) -> HandInfo:
        """The row of a photograph, by its file name."""
        return self.rows.get(bare_name(image), UNKNOWN)

    def report_mismatches(self, images: Iterable[str], report: ReportProblem) -> None:
        """Report the photographs without a row, and the rows without a photograph; nothing without rows."""
        there = {bare_name(image): image for image in images}
        lacking = tally_of(image for name, image in there.items() if name not in self.rows)
        if lacking and self.rows:
            expected, got = "a row for each photograph", f"none for {lacking}"
            report(Problem(path=self.where, expected=expected, got=got, action="noted"))
        if unused := [name for name in self.rows if name not in there]:
            expected, todo = "a photograph for each row", "correct or remove them"
            report(unmatched(self.where, "rows without a photograph", unused, expected=expected, todo=todo))


def read_hand_info(folder: Path, raw: Path, report: ReportProblem) -> HandTable:
    """The table. If it can't be read, it has no rows: hands are usable without it.

    Values that the download does not define count as unknown; each is reported once. Rows that can't be read
    and rows of one photograph that differ are left out.
    """
    path = folder / _NAME
    where = path.relative_to(raw).as_posix()
    try:
        table = _read(path)
    except BadInput as error:
        got = f"{error.got}; persons, sides and skin tones are unknown"
        absent = not is_there(path)
        report(Problem(path=where, expected=error.expected, got=got, action="noted" if absent else "refused"))
        return HandTable(where)
    return HandTable(where, _Rows(where, report).parse(table))


def _read(path: Path) -> CsvTable:
    """Raises BadInput for a missing or unreadable table."""
    if not is_there(path):
        raise BadInput(_EXPECTED, "no such file")
    try:
        return parse_csv(read_text(path), _COLUMNS, _COLUMNS[0])
    except OSError as error:
        raise unreadable(error, _EXPECTED) from error
    except BadInput as error:
        got = error.got if error.got.endswith(" twice") else f"columns {error.got}"
        raise BadInput(_EXPECTED, got) from error


class _Rows:
    """Reads the rows of one table, and reports what is unusual in them."""

    def __init__(self, where: str, report: ReportProblem) -> None:
        self._where, self._report = where, report
        self._reported: set[tuple[str, str]] = set()

    def parse(self, table: CsvTable) -> dict[str, HandInfo]:
        found: dict[str, HandInfo] = {}
        unreadable_rows, nameless, second, differing = Tally(), Tally(), Tally(), set[str]()
        self._check_subjects(table)
        for row in table.rows:
            if row.cells is None:
                unreadable_rows.add(f"line {row.line}")
            elif name := cell_name(row.cells["imageName"]):
                info = self._info(row.cells)
                if found.setdefault(name, info) != info:
                    second.add(f"line {row.line}")
                    differing.add(name)
            else:
                nameless.add(f"line {row.line}")
        self._refuse(f"{len(table.columns)} cells a row", f"others: {unreadable_rows}", unreadable_rows)
        self._refuse("a photograph in imageName", f"none in {nameless}", nameless)
        self._refuse("one row a photograph", f"rows that differ from an earlier one: {second}", second)
        return {name: info for name, info in found.items() if name not in differing}

    def _check_subjects(self, table: CsvTable) -> None:
        """Report a table without the column of subjects: hands of one person would be on both sides."""
        if "id" not in table.columns and table.rows:
            got = f"{', '.join(table.columns)}; no hand's person is known, so name its column id"
            self._report(Problem(path=self._where, expected="a column id, the person's number", got=got))

    def _info(self, cells: dict[str, str]) -> HandInfo:
        return HandInfo(
            subject=person_named(cells.get("id", "")) or "",
            skin=self._known(cells, "skinColor", SKINS),
            aspect=self._known(cells, "aspectOfHand", ASPECTS),
            accessories=_FLAGS[self._known(cells, "accessories", tuple(_FLAGS))],
            irregularities=_FLAGS[self._known(cells, "irregularities", tuple(_FLAGS))],
        )

    def _known(self, cells: dict[str, str], column: str, among: tuple[str, ...]) -> str:
        """The value of a column; "" for one that the download does not define."""
        value = plain(cells.get(column, ""))
        if value in ("", *among):
            return value
        if (column, value) not in self._reported:
            self._reported.add((column, value))
            expected = f"{column} among {', '.join(filter(None, among))}"
            got = f"{value!r}, which counts as unknown"
            self._report(Problem(path=self._where, expected=expected, got=got, action="noted"))
        return ""

    def _refuse(self, expected: str, got: str, lines: Tally) -> None:
        if lines:
            self._report(Problem(path=self._where, expected=expected, got=got))
