"""A table of the points that faces are aligned by: eyes and mouth, or dlib's 68 landmarks."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assets.problems import BadInput, ReportProblem, unreadable
from assets.reading.numbers import number_of
from assets.text.csv_rows import CsvRow, parse_csv
from assets.text.lines import clean
from assets.text.sidecar_row import SIDECAR_COLUMNS, SidecarRow, parse_sidecar_row
from natocc.files.text import read_text
from natocc.resize.face_crop import FacePoints, points_of_68

_POINTS = ("left_eye", "right_eye", "mouth_left", "mouth_right")
_NAMED = tuple(f"{point}_{axis}" for point in _POINTS for axis in "xy")
_NUMBERED = tuple(f"{axis}{number}" for number in range(68) for axis in "xy")
_EXPECTED = (
    f"{_NAMED[0]}, {_NAMED[1]} and so on of {', '.join(_POINTS)}; or x0, y0 to x67, y67; or landmarks as in "
    "natocc.csv"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PointRow:
    """One face: its photograph, the name of its crop, its points, and what else a side-car says."""

    line: int
    file: str
    name: str
    points: FacePoints
    said: SidecarRow


def read_face_points(path: Path, report: ReportProblem) -> list[PointRow]:
    """The rows of a table with the columns ``file`` and points, and any of ``name`` and of the side-car's.

    Positions are in pixels of the upright photograph; left is its left. ``name`` is by default the file's
    stem. Rows that cannot be read are Problems. Raises BadInput for a file that is no such table.
    """
    where = path.name
    try:
        table = parse_csv(read_text(path), (*SIDECAR_COLUMNS, "name", *_NAMED, *_NUMBERED), "file")
    except OSError as error:
        raise unreadable(error, "a CSV table in UTF-8", where) from error
    except BadInput as error:
        raise BadInput(f"the columns file, {_EXPECTED}", error.got, where) from error
    columns = set(table.columns)
    if not (columns >= set(_NAMED) or columns >= set(_NUMBERED) or "landmarks" in columns):
        raise BadInput(f"the columns file, {_EXPECTED}", ", ".join(table.columns[:12]), where)
    rows = []
    for row in table.rows:
        try:
            rows.append(_read(row))
        except BadInput as error:
            report(error.problem(f"{where}:{row.line}"))
    return rows


def _read(row: CsvRow) -> PointRow:
    said = parse_sidecar_row(row.cells)
    cells = {name: clean(value) for name, value in (row.cells or {}).items()}
    file = cells["file"].replace("\\", "/")
    name = cells.get("name") or Path(file).stem
    if "/" in name or name.startswith("."):
        raise BadInput("a name without folders", repr(name))
    return PointRow(line=row.line, file=file, name=name, points=_points(cells, said), said=said)


def _points(cells: Mapping[str, str], said: SidecarRow) -> FacePoints:
    if all(cells.get(column) for column in _NAMED):
        values = [_number(cells, column) for column in _NAMED]
        return _from_named(dict(zip(_POINTS, zip(values[::2], values[1::2], strict=True), strict=True)))
    if all(cells.get(column) for column in _NUMBERED):
        return points_of_68(np.array([_number(cells, column) for column in _NUMBERED]).reshape(68, 2))
    if lacking := [point for point in _POINTS if point not in said.landmarks]:
        raise BadInput(f"points of the face: {_EXPECTED}", f"none of {', '.join(lacking)}")
    return _from_named(said.landmarks)


def _from_named(points: Mapping[str, tuple[float, float]]) -> FacePoints:
    return FacePoints(
        left_eye=points["left_eye"],
        right_eye=points["right_eye"],
        mouth_left=points["mouth_left"],
        mouth_right=points["mouth_right"],
    )


def _number(cells: Mapping[str, str], column: str) -> float:
    number = number_of(cells[column])
    if number is None or not math.isfinite(number):
        raise BadInput(f"a number as {column}", repr(cells[column]))
    return number
