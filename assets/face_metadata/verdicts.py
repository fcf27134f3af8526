"""``verdicts.csv`` beside the corrected masks: verdicts of reviewers on whole faces, one row a face."""

from __future__ import annotations

import csv
import io
from dataclasses import astuple, dataclass
from pathlib import Path

from assets.problems import BadInput, unreadable
from assets.reading.naming import id_of
from assets.text.csv_rows import CsvRow, parse_csv
from assets.text.lines import cell_name, clean, plain
from natocc.files.names import name_order
from natocc.files.read import is_there
from natocc.files.text import read_text

VERDICTS_FILE = "verdicts.csv"
_COLUMNS = ("file", "verdict", "who", "date")
_VERDICTS = ("WO", "O", "excluded")
_BY_KEY = {verdict.casefold(): verdict for verdict in _VERDICTS}
_EXPECTED = f"the columns {', '.join(_COLUMNS)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictRow:
    """``file`` is the photograph's name, as in Voo et al.'s lists; ``date`` YYYY-MM-DD."""

    file: str
    verdict: str
    who: str
    date: str


def read_verdicts(path: Path) -> dict[str, VerdictRow]:
    """The row of each face, by face id; empty without a table.

    Raises ValueError for other columns, unknown verdicts, two rows of a face that differ, and damaged files.
    """
    if not is_there(path):
        return {}
    try:
        table = parse_csv(read_text(path), _COLUMNS, _COLUMNS[0])
    except OSError as error:
        raise unreadable(error, "a CSV table in UTF-8", str(path)) from error
    except BadInput as error:
        twice = error.got.endswith(" twice")
        raise BadInput(error.expected if twice else _EXPECTED, error.got, str(path)) from error
    if sorted(table.columns) != sorted(_COLUMNS):
        raise BadInput(_EXPECTED, ", ".join(table.columns), str(path))
    found: dict[str, VerdictRow] = {}
    for row in table.rows:
        where = f"{path}:{row.line}"
        face, verdict = _row(row, where)
        if found.setdefault(face, verdict) != verdict:
            raise BadInput("one row a face", f"another of {verdict.file}; remove one", where)
    return found


def _row(row: CsvRow, where: str) -> tuple[str, VerdictRow]:
    """The face's id and its verdict. Raises BadInput."""
    cells = {name: clean(cell) for name, cell in (row.cells or {}).items()}
    verdict = _BY_KEY.get(plain(cells.get("verdict", "")))
    face = cell_name(cells.get("file", ""))
    if verdict is None or not face:
        expected = f"a file, a verdict among {', '.join(_VERDICTS)}, who, date"
        raise BadInput(expected, row.text, where)
    return id_of(face), VerdictRow(**cells | {"verdict": verdict})


def encode_verdicts(rows: dict[str, VerdictRow]) -> bytes:
    """The table, in order of the files' names."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(astuple(row) for row in sorted(rows.values(), key=lambda row: name_order(row.file)))
    return stream.getvalue().encode()
