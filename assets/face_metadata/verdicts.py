"""``verdicts.csv`` beside the corrected masks: verdicts of reviewers on whole faces, one row a face."""

from __future__ import annotations

import csv
import io
from dataclasses import astuple, dataclass
from pathlib import Path

from assets.reading.naming import id_of
from natocc.file_names import name_order

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
    if not path.is_file():
        return found
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.reader(stream)
            head = tuple(next(reader, ()))
            if head != _COLUMNS:
                got = ", ".join(head) or "none"
                raise ValueError(f"{path}: expected the columns {', '.join(_COLUMNS)}, got {got}")
            for cells in reader:
                if not cells:
                    continue
                if len(cells) != len(_COLUMNS) or cells[1] not in _VERDICTS:
                    expected = f"a file, a verdict among {', '.join(_VERDICTS)}, who, date"
                    raise ValueError(f"{path}:{reader.line_num}: expected {expected}, got {','.join(cells)}")
                row = VerdictRow(**dict(zip(_COLUMNS, cells, strict=True)))
                found[id_of(Path(row.file).stem)] = row
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{path}: expected a CSV table in UTF-8, got {error}") from error
    return found


def encode_verdicts(rows: dict[str, VerdictRow]) -> bytes:
    """The table, in order of the files' names."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(astuple(row) for row in sorted(rows.values(), key=lambda row: name_order(row.file)))
    return stream.getvalue().encode()
