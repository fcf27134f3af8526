"""``withdrawn.csv`` in a raw folder: what was withdrawn from it. No later preparation takes it again.

It stands beside the datasets, so that a dataset can be unpacked again without losing it. A photograph is
named by its hash and by its path: it stays withdrawn under another name, and in another encoding.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from assets.problems import BadInput, unreadable
from assets.reading.naming import normal
from assets.text.csv_rows import CsvRow, parse_csv
from assets.text.lines import clean, plain
from assets.text.sidecar_row import person_named
from natocc.files.read import is_there
from natocc.files.text import read_text
from shards import storage
from shards.lock import lock

WITHDRAWALS = "withdrawn.csv"
# The words of the column ``what``. An object is one annotation; its photograph keeps its others.
PERSON, PHOTOGRAPH, FILE, ONE_OBJECT = "person", "photograph", "file", "object"
_WHATS = (PERSON, PHOTOGRAPH, FILE, ONE_OBJECT)
_LOCK = ".lock-withdrawn"
_SHA256 = re.compile("[0-9a-f]{64}")
_SIMILAR = re.compile(r"withdrawn(\.csv)?\.(csv|tsv|txt|xlsx?|ods)|withdrawn ?\(\d+\)\.csv", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """One row. ``name``: a person, a sha256, a path relative to the raw folder, or an object's id."""

    what: str
    name: str
    # The input that was withdrawn, as it was given; the day, and the reason, in any words.
    input: str = ""
    date: str = ""
    reason: str = ""
    # The hash of its photograph in bank and versions, where the name is another.
    photo: str = ""

    @property
    def subject(self) -> tuple[str, str]:
        """What it withdraws."""
        return self.what, self.name


_COLUMNS = tuple(field.name for field in fields(Withdrawal))
_HEADER = ",".join(_COLUMNS)


def read_withdrawals(raw: Path) -> tuple[Withdrawal, ...]:
    """The rows; none without the file.

    Raises BadInput for a row or a file that can't be read, and for a file under a similar name: what it
    withdraws would come back.
    """
    path = raw / WITHDRAWALS
    if not is_there(path):
        _check_names(raw)
        return ()
    return tuple(_parsed(row) for row in parse_csv(_text(path), _COLUMNS, "what").rows)


def add_withdrawals(raw: Path, rows: Iterable[Withdrawal], *, wait: bool = False) -> tuple[Withdrawal, ...]:
    """Add the rows whose subjects the file lacks; returns these. The other rows keep their bytes.

    Raises BadInput as ``read_withdrawals``, InUse, and OSError where the folder can't be written.
    """
    with lock(str(raw), wait=wait, name=_LOCK):
        there = read_withdrawals(raw)
        known = {row.subject for row in there}
        new = tuple(row for row in rows if row.subject not in known)
        if new:
            path = raw / WITHDRAWALS
            before = _text(path) if is_there(path) else ""
            if clean(before.partition("\n")[0]) != _HEADER:
                before = f"{_HEADER}\n{_encoded(there)}"
            gap = "" if before.endswith("\n") else "\n"
            storage.write_bytes(str(path), f"{before}{gap}{_encoded(new)}".encode())
    return new


def _check_names(raw: Path) -> None:
    names = sorted(path.name for path in raw.iterdir()) if raw.is_dir() else []
    if similar := [name for name in names if _SIMILAR.fullmatch(name) and name != WITHDRAWALS]:
        raise BadInput(f"{WITHDRAWALS} here", f"{similar[0]}, which is not read; rename it", WITHDRAWALS)


def _text(path: Path) -> str:
    try:
        return read_text(path)
    except OSError as error:
        raise unreadable(error, "a CSV table in UTF-8", WITHDRAWALS) from error


def _parsed(row: CsvRow) -> Withdrawal:
    """Raises BadInput for a row that does not say what it withdraws."""
    where = f"{WITHDRAWALS}:{row.line}"
    if row.cells is None:
        raise BadInput(f"a cell for each of {_HEADER}", "another number of cells", where)
    cells = {name: clean(value) for name, value in row.cells.items()}
    what, name = plain(cells["what"]), cells.get("name", "")
    if what not in _WHATS:
        raise BadInput(f"one of {', '.join(_WHATS)} in what", repr(cells["what"]), where)
    more = {key: cells.get(key, "") for key in _COLUMNS[2:]}
    return Withdrawal(what=what, name=_named(what, name, where), **more)


def _named(what: str, name: str, where: str) -> str:
    """The name in the form of banks and versions."""
    if what == PERSON:
        name = person_named(name) or ""
    elif what == PHOTOGRAPH:
        name = name.lower()
        if not _SHA256.fullmatch(name):
            raise BadInput("the sha256 of a photograph in name, 64 hex digits", repr(name), where)
    elif what == FILE:
        name = normal(name)
    if not name:
        raise BadInput(f"a name of the {what}", "none", where)
    return name


def _encoded(rows: Sequence[Withdrawal]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(map(astuple, rows))
    return stream.getvalue()
