"""CelebAMask-HQ's 40 binary attributes of each face."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from assets.face_metadata.photo_table import (
    PhotoTable,
    column_names,
    first_cells,
    note,
    read_photo_table,
)
from assets.problems import BadInput, ReportProblem
from assets.text.lines import cell_name
from assets.text.table import Layout

ATTRIBUTES = "CelebAMask-HQ-attribute-anno.txt"
_COUNT = 40


def read_attributes(raw: Path, folder: Path, report: ReportProblem) -> PhotoTable[tuple[str, ...]] | None:
    """The sorted attributes of each photograph; None if there is no readable table."""
    path = folder / ATTRIBUTES
    where = path.relative_to(raw).as_posix()
    return read_photo_table(path, raw, report, partial(_layout, where, report))


def _layout(where: str, report: ReportProblem, cells: list[str]) -> Layout[tuple[str, ...]]:
    names = column_names(cells)
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise BadInput("each attribute once", f"{', '.join(twice[:3])} twice")
    if set(names) & {"1", "-1"}:
        raise BadInput("the attributes' names in the line after the count", " ".join(cells[:4]))
    if len(names) != _COUNT:
        report(note(where, f"{_COUNT} attributes", str(len(names))))
    return Layout(has_header=True, parse=partial(_row, names))


def _row(names: tuple[str, ...], cells: list[str]) -> tuple[str, tuple[str, ...]]:
    values = cells[1:]
    if len(values) != len(names) or not set(values) <= {"1", "+1", "-1"}:
        raise BadInput(f"a photograph and {len(names)} values of 1 and -1", first_cells(cells))
    present = (name for name, value in zip(names, values, strict=True) if value != "-1")
    return cell_name(cells[0]), tuple(sorted(present))
