"""``verdicts.csv`` beside the corrected masks: verdicts of reviewers on whole faces, one row a face."""

from __future__ import annotations

import csv
import io
from dataclasses import astuple, dataclass
from pathlib import Path

from assets.problems import BadInput, unreadable
from assets.reading.naming import id_of
from natocc.files.names import name_order
from natocc.files.read import is_there, read_text

VERDICTS_FILE = "verdicts.csv"
_COLUMNS = ("file", "verdict", "who", "date")
_VERDICTS = ("WO", "O", "excluded")


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictRow:
    """``file`` is the photograph's name, as in Voo et al.'s lists; ``date`` YYYY-MM-DD."""

    file: str
    verdict: str
    who: str
    date: str


def read_verdicts(path: Path) -> dict[str, VerdictRow]:
    """The last row of each face, by face id; empty without a table.

    Raises ValueError for unknown columns, unknown verdicts and damaged files.
    """
    found: dict[str, VerdictRow] = {}
    if not is_there(path):
        return found
    try:
        reader = csv.reader(io.StringIO(read_text(path), newline=""))
        head = tuple(next(reader, ()))
        if head != _COLUMNS:
            raise BadInput(f"the columns {', '.join(_COLUMNS)}", ", ".join(head) or "none", str(path))
        for cells in reader:
            if not cells:
                continue
            if len(cells) != len(_COLUMNS) or cells[1] not in _VERDICTS:
                expected = f"a file, a verdict among {', '.join(_VERDICTS)}, who, date"
                raise BadInput(expected, ",".join(cells), f"{path}:{reader.line_num}")
            row = VerdictRow(**dict(zip(_COLUMNS, cells, strict=True)))
            found[id_of(Path(row.file).stem)] = row
    except OSError as error:
        raise unreadable(error, "a CSV table in UTF-8", str(path)) from error
    except csv.Error as error:
        raise BadInput("a CSV table in UTF-8", error, str(path)) from error
    return found


def encode_verdicts(rows: dict[str, VerdictRow]) -> bytes:
    """The table, in order of the files' names."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(astuple(row) for row in sorted(rows.values(), key=lambda row: name_order(row.file)))
    return stream.getvalue().encode()
