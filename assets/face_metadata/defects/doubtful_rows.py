"""Rows of a tree's table of defects that do not tell which faces are duplicates, or name none that is there.

The faces that such a row may name count as one photograph: if one is tested on, none is trained on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from assets.face_metadata.defects.table import DUPLICATE, OwnRow
from assets.problems import BadInput, Problem, ReportProblem
from assets.reading.naming import id_of
from assets.reading.unmatched import tally_of, unmatched
from assets.text.lines import cell_name
from assets.text.names_within import is_pattern, names_within


def doubtful_duplicates(
    rows: Iterable[OwnRow], where: str, there: Collection[str], report: ReportProblem
) -> tuple[tuple[str, ...], ...]:
    """For each row that may say that faces are duplicates: the ids of those that it may name, sorted.

    They are reported in one line. Raises BadInput for a row that does not name two: what it means might be
    any face.
    """
    found, lines = [], []
    for row in rows:
        if row.defect is None:
            _require_two(row, where)
        elif row.defect.kind != DUPLICATE or {row.defect.face, row.defect.other} <= {*there}:
            continue
        texts = (row.face, row.other, *row.rest)
        meant = tuple(sorted({face for text in texts for face in _faces_within(text)} & {*there}))
        if len(meant) > 1:
            found.append(meant)
            lines.append(f"line {row.line}")
    if found:
        faces = tally_of(sorted({face for meant in found for face in meant}))
        got = f"others: {tally_of(lines)}; {faces} may be meant and count as duplicates of each other"
        report(Problem(path=where, expected="rows that name two faces each", got=f"{got}, row by row"))
    return tuple(found)


def report_absent(
    rows: Iterable[OwnRow], where: str, images: str, there: Collection[str], report: ReportProblem
) -> None:
    """Report the readable rows that name a face which is not there, by the name that they have for it."""
    absent = []
    for row in rows:
        if row.defect is not None:
            pairs = ((row.defect.face, row.face), (row.defect.other, row.other))
            absent += [written for face, written in pairs if face and face not in there][:1]
    if absent:
        expected, todo = f"faces of {images}", "correct or remove them"
        report(unmatched(where, "rows without a photograph", absent, expected=expected, todo=todo))


def _require_two(row: OwnRow, where: str) -> None:
    """Raise BadInput unless both columns of an unreadable row name faces, and not the same one."""
    sides = [_faces_within(text) for text in (row.face, row.other)]
    if not all(sides) or len(sides[0] | sides[1]) < 2 or is_pattern(row.face) or is_pattern(row.other):
        expected = "two faces in a row that may say duplicate, as one of them may be for testing"
        got = " and ".join(text or "none" for text in (row.face, row.other))
        raise BadInput(expected, f"{got}; correct or remove the row", f"{where}:{row.line}")


def _faces_within(text: str) -> set[str]:
    """The ids of the faces that a text may name."""
    return {id_of(cell_name(name)) for name in names_within(text)}
