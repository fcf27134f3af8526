"""Tables as CelebA's publishers write them: a count, perhaps column names, then a row a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from assets.problems import BadInput, Problem, Report
from assets.reading.tally import Tally
from natocc.file_names import is_number

Row = TypeVar("Row")


def read_table(
    path: Path,
    raw: Path,
    report: Report,
    columns: Callable[[list[str]], bool],
    parse: Callable[[list[str]], tuple[str, Row] | None],
) -> dict[str, Row] | None:
    """The rows by name; None where there is no such file, or none that can be read.

    Cells are parted by blanks, tabs or commas; empty lines, CRLF and a byte order mark do no harm. A first
    line of one number states how many rows there are. ``columns`` gets the line after it and says whether
    it names the columns; ``parse`` gives a row's name and value, or None to pass it over. Both raise
    BadInput: for the columns the table is refused, for rows those alone, in one line for all of one kind.
    """
    if not path.is_file():
        return None
    where, rows, bad = path.relative_to(raw).as_posix(), dict[str, Row](), dict[str, tuple[Tally, str]]()
    stated, total, begun = -1, 0, False
    try:
        for line, cells in _lines(path):
            if not begun and stated < 0 and len(cells) == 1 and is_number(cells[0]):
                stated = int(cells[0])
                continue
            if not begun:
                begun = True
                if columns(cells):
                    continue
            total += 1
            try:
                _add(rows, parse(cells))
            except BadInput as error:
                bad.setdefault(error.expected, (Tally(), error.got))[0].add(f"line {line}")
        if not begun:
            raise BadInput("rows", "an empty file")
    except BadInput as error:
        report(error.problem(where))
        return None
    except UnicodeDecodeError as error:
        report(Problem(path=where, expected="text in UTF-8", got=str(error)))
        return None
    for expected, (lines, got) in bad.items():
        report(Problem(path=where, expected=expected, got=f"{got} and the like: {lines}"))
    if stated not in (-1, total):
        got = f"{total}"
        report(
            Problem(
                path=where, expected=f"{stated} rows, as its first line says", got=got, action="converted"
            )
        )
    return rows


def _add(rows: dict[str, Row], named: tuple[str, Row] | None) -> None:
    if named is None:
        return
    name, row = named
    if name in rows:
        raise BadInput("one row a name", f"a second one of {name}")
    rows[name] = row


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Line number, from 1, and cells of each line that is not empty."""
    with path.open(encoding="utf-8-sig") as stream:
        for number, line in enumerate(stream, 1):
            if cells := line.replace(",", " ").split():
                yield number, cells
