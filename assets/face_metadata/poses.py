"""CelebAMask-HQ's head poses: yaw, pitch and roll in degrees."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import NamedTuple

from assets.face_metadata.photo_table import (
    PhotoTable,
    column_names,
    first_cells,
    read_photo_table,
)
from assets.problems import BadInput, Problem, ReportProblem
from assets.text.lines import cell_name, plain
from assets.text.table import Layout

POSES = "CelebAMask-HQ-pose-anno.txt"
# The publisher writes "Raw" for roll.
_ANGLES = {"yaw": "yaw", "pitch": "pitch", "roll": "roll", "raw": "roll"}
# With this many heads, at least one is turned by more than this many degrees. In radians, none would be.
_ENOUGH_ROWS, _MOST_RADIANS = 100, 3.2


class Pose(NamedTuple):
    """Angles of a head in degrees."""

    yaw: float
    pitch: float
    roll: float


def read_poses(raw: Path, folder: Path, report: ReportProblem) -> PhotoTable[Pose] | None:
    """The pose of each photograph; None if there is no readable table, or if it is in radians."""
    table = read_photo_table(folder / POSES, raw, report, _layout)
    if table is None or len(table.rows) < _ENOUGH_ROWS:
        return table
    largest = max(abs(angle) for pose in table.rows.values() for angle in pose)
    if largest > _MOST_RADIANS:
        return table
    got = f"none above {largest:g}, as if they were radians; the table is not used"
    report(Problem(path=table.where, expected="angles in degrees", got=got))
    return None


def _layout(cells: list[str]) -> Layout[Pose]:
    angles = tuple(_ANGLES.get(plain(name).removesuffix("_deg"), "") for name in column_names(cells))
    if sorted(angles) != sorted(Pose._fields):
        raise BadInput("the columns Yaw, Pitch and Raw (or Roll) after the count", " ".join(cells[:4]))
    return Layout(has_header=True, parse=partial(_row, angles))


def _row(angles: tuple[str, ...], cells: list[str]) -> tuple[str, Pose]:
    try:
        values = [float(value) for value in cells[1:]]
    except ValueError:
        values = []
    if len(values) != len(angles) or not all(abs(value) <= 180 for value in values):
        raise BadInput("a photograph and three angles of -180 to 180 degrees", first_cells(cells))
    return cell_name(cells[0]), Pose(**dict(zip(angles, values, strict=True)))
