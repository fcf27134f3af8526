"""A table of defects: one row a face, or a pair of faces that are one photograph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import MappingProxyType

from assets.problems import BadInput, ReportProblem, unreadable
from assets.reading.naming import id_of
from assets.text.csv_rows import CsvRow, parse_csv
from assets.text.lines import cell_name, clean, plain, unquote
from natocc.files.read import is_there
from natocc.files.text import read_text
from natocc.masks.policy import PARTS

KNOWN_DEFECTS = Path(__file__).parent / "known.csv"
DEFECT_COLUMNS = ("kind", "face", "other", "parts", "source", "note")
_REQUIRED = ("kind", "face")
DUPLICATE = "duplicate"
# Whether a kind is a fault of masks, which a correction removes.
DEFECT_KINDS: Mapping[str, bool] = MappingProxyType(
    {
        DUPLICATE: False,
        "misaligned": False,
        "wrong attributes": False,
        "missing": True,
        "too large": True,
        "not needed": True,
        "wrong content": True,
        "empty": True,
        "not labelled": True,
        "hands in skin": True,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """One defect. ``face`` and ``other`` are ids of faces; ``face`` is empty if the source names none."""

    kind: str  # one of DEFECT_KINDS
    face: str
    other: str = ""  # of a duplicate
    parts: tuple[str, ...] = ()  # of the masks; empty if the source names none
    source: str = ""  # of known.csv: an issue of switchablenorms/CelebAMask-HQ
    note: str = ""

    def metadata(self, face: str) -> dict[str, object]:
        """The fields of the entry's json of ``face``, one of the defect's faces. Empty ones are left out."""
        other = self.face if face == self.other else self.other
        fields = {
            "kind": self.kind,
            "other": other,
            "parts": list(self.parts),
            "source": self.source,
            "note": self.note,
        }
        return {name: value for name, value in fields.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRow:
    """A row of a user's table, with what it has for face and other as it is written.

    ``defect`` is None if it can't be read but may say that faces are duplicates; ``rest`` is then all of its
    parts, if it has not as many cells as columns.
    """

    line: int
    defect: Defect | None
    face: str
    other: str
    rest: tuple[str, ...] = ()


@cache
def known_defects() -> tuple[Defect, ...]:
    """The known defects of CelebAMask-HQ, also those whose source names no face."""
    rows = parse_csv(read_text(KNOWN_DEFECTS), DEFECT_COLUMNS, "face").rows
    return tuple(parse_defect(row, nameless=True) for row in rows)


def read_defects(path: Path, where: str, report: ReportProblem) -> tuple[OwnRow, ...]:
    """The rows of a user's table; empty without one. A row that can't be read is reported as refused.

    Such a row is left out unless it may say that faces are duplicates. Columns are those of
    ``DEFECT_COLUMNS``; all but kind and face may be absent. Raises BadInput for other columns and for a file
    that is no text: its duplicates would be trained on though they are tested on.
    """
    if not is_there(path):
        return ()
    expected = f"the columns {' and '.join(_REQUIRED)}, and others among {', '.join(DEFECT_COLUMNS[2:])}"
    try:
        table = parse_csv(read_text(path), DEFECT_COLUMNS, "face")
    except OSError as error:
        raise unreadable(error, "a CSV table in UTF-8", where) from error
    except BadInput as error:
        raise BadInput(
            error.expected if error.got.endswith(" twice") else expected, error.got, where
        ) from error
    if not {*_REQUIRED} <= {*table.columns} <= {*DEFECT_COLUMNS}:
        raise BadInput(expected, ", ".join(table.columns), where)
    found = []
    for row in table.rows:
        defect = None
        try:
            defect = parse_defect(row)
        except BadInput as error:
            report(error.problem(f"{where}:{row.line}"))
        kind, face, other = (_written(row, table.columns, name) for name in ("kind", "face", "other"))
        if defect is not None or other or _nearest(kind) in (DUPLICATE, ""):
            rest = () if row.cells else row.parts
            found.append(OwnRow(line=row.line, defect=defect, face=face, other=other, rest=rest))
    return tuple(found)


def _written(row: CsvRow, columns: Sequence[str], name: str) -> str:
    """What a row has in a column; by its place where the row has another number of cells."""
    if row.cells is not None:
        return clean(row.cells.get(name, ""))
    at = columns.index(name) if name in columns else len(row.parts)
    return unquote("".join(row.parts[at : at + 1]))


def _nearest(kind: str) -> str:
    """The kind that is meant; "" if none is like it."""
    return next(iter(get_close_matches(plain(kind), DEFECT_KINDS, 1)), "")


def parse_defect(row: CsvRow, *, nameless: bool = False) -> Defect:
    """The defect of a row; ``nameless`` allows one without a face. Raises BadInput."""
    if row.cells is None:
        raise BadInput("as many cells as columns", row.text)
    cells = {name: clean(cell) for name, cell in row.cells.items()}
    kind = plain(cells["kind"])
    if kind not in DEFECT_KINDS:
        near = _nearest(kind)
        advice = f"; is it {near}?" if near else ""
        raise BadInput(f"a kind among {', '.join(DEFECT_KINDS)}", f"{cells['kind'] or 'none'}{advice}")
    face, other = (_face(cells.get(name, "")) for name in ("face", "other"))
    if not face and not nameless:
        raise BadInput("a face", "none")
    if (kind == DUPLICATE) != bool(other) or (other and other == face):
        expected = "another face in the column other" if kind == DUPLICATE else f"no other face with {kind}"
        raise BadInput(expected, cells.get("other") or "none")
    return Defect(
        kind=kind,
        face=face,
        other=other,
        parts=_parts(cells.get("parts", ""), kind),
        source=cells.get("source", ""),
        note=cells.get("note", ""),
    )


def _face(cell: str) -> str:
    name = cell_name(cell)
    return id_of(name) if name else ""


def _parts(cell: str, kind: str) -> tuple[str, ...]:
    parts = tuple(plain(cell).replace(",", " ").replace(";", " ").split())
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        raise BadInput(f"parts among {', '.join(PARTS)}", unknown[0])
    if parts and not DEFECT_KINDS[kind]:
        raise BadInput(f"no parts with {kind}", cell)
    return parts
