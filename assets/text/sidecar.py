"""``natocc.csv`` beside a dataset: metadata that the dataset's layout has no place for, one row an image."""

from __future__ import annotations

import csv
import io
import json
import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from assets.problems import BadInput, Problem, ReportProblem, unreadable
from assets.reading.naming import normal
from assets.records import FRAMES, Frame, Origin
from assets.wording import count_of
from natocc.files.read import is_there, read_text, what_is

SIDECAR = "natocc.csv"
SPLITS = ("train", "test", "excluded")
Point = tuple[float, float]
# If more rows than this lack an image, they are reported in one line.
_MOST_LINES = 10
_COLUMNS = ("file", "photo", "person", "split", "licence", "grade", "landmarks", "rot_deg", "frame", "source")


@dataclass(frozen=True, slots=True, kw_only=True)
class SidecarRow:
    """One row of the side-car; None or empty for unknown values."""

    photo: str = ""
    person: str | None = None
    split: str | None = None
    licence: str = ""
    grade: str | None = None
    landmarks: dict[str, Point] = field(default_factory=dict)
    rot_deg: float | None = None
    source: str = ""
    frame: Frame | None = None

    def origin(self, dataset: str, licence: str) -> Origin:
        """The origin of the image. ``licence`` is the dataset's licence, for rows without their own."""
        return Origin(
            dataset=dataset,
            photo=self.photo,
            licence=self.licence or licence,
            split=self.split,
            person=self.person,
            grade=self.grade,
            frame=self.frame,
        )


EMPTY_ROW = SidecarRow()
# For an image with an unreadable row, as the row may have said "test".
EXCLUDED_ROW = SidecarRow(split="excluded")


class Sidecar:
    """The side-car of one dataset folder, read once. Without the file it has no rows.

    An unreadable row is a Problem, and its image is excluded. Raises ValueError if the file is no such table:
    without its splits, test images would be used for training.
    """

    def __init__(self, folder: Path, root: Path, report: ReportProblem) -> None:
        self._rows: dict[str, SidecarRow] = {}
        path = folder / SIDECAR
        if not is_there(path):
            return
        where = path.relative_to(root).as_posix()
        problems: list[tuple[int, Problem]] = []
        absent: list[tuple[int, str]] = []
        for line, row in _rows(path, where):
            name = normal((row.get("file") or "").strip())
            try:
                parsed = _parse(name, row)
                if name in self._rows:
                    raise BadInput("one row an image", f"another for {name}")
            except BadInput as error:
                found = error.problem(f"{where}:{line}")
                problems.append((line, found))
                parsed = EXCLUDED_ROW
            self._rows[name] = parsed
            if name and not _exists(folder, name):
                absent.append((line, name))
        for _, problem in sorted([*problems, *_absences(where, absent)], key=lambda numbered: numbered[0]):
            report(problem)

    def row_of(self, file: str) -> SidecarRow:
        """The row of an image, by its path relative to the dataset folder."""
        return self._rows.get(normal(file), EMPTY_ROW)


def _absences(where: str, absent: list[tuple[int, str]]) -> list[tuple[int, Problem]]:
    """One line for each row without an image; one line for all if there are more than ``_MOST_LINES``."""
    if len(absent) > _MOST_LINES:
        line, first = absent[0]
        expected = f"images of {count_of(len(absent), 'rows')}, the first {first}"
        return [(line, Problem(path=where, expected=expected, got="no such files"))]
    return [
        (line, Problem(path=f"{where}:{line}", expected=f"an image {name}", got="no such file"))
        for line, name in absent
    ]


def _rows(path: Path, where: str) -> Iterator[tuple[int, dict[str, str | None]]]:
    """Line number and cells of each row."""
    try:
        reader = csv.DictReader(io.StringIO(read_text(path), newline=""))
        columns = reader.fieldnames or ()
        if "file" not in columns or not set(columns) <= set(_COLUMNS):
            expected = f"a column file and others among {', '.join(_COLUMNS[1:])}"
            raise BadInput(expected, ", ".join(columns) or "none", where)
        for row in reader:
            yield reader.line_num, row
    except OSError as error:
        raise unreadable(error, "a CSV table in UTF-8", where) from error
    except csv.Error as error:
        raise BadInput("a CSV table in UTF-8", error, where) from error


def _exists(folder: Path, name: str) -> bool:
    """Whether the file exists, with composed or decomposed accents in its name."""
    return any(not what_is(folder / unicodedata.normalize(form, name)) for form in ("NFC", "NFD"))


def _parse(name: str, row: dict[str, str | None]) -> SidecarRow:
    if not name or row.get("file") is None or None in row.values() or None in row:
        raise BadInput("a value or nothing for each column, and an image in file", "another number of cells")
    text = {key: (value or "").strip() for key, value in row.items()}
    split = text.get("split") or None
    if split is not None and split not in SPLITS:
        raise BadInput(f"a split among {', '.join(SPLITS)}", repr(split))
    named = _points(text.get("landmarks") or "{}")
    return SidecarRow(
        photo=text.get("photo", "").lower(),
        person=text.get("person") or None,
        split=split,
        licence=text.get("licence", ""),
        grade=text.get("grade") or None,
        landmarks=named,
        rot_deg=_number(text["rot_deg"], "rot_deg in degrees") if text.get("rot_deg") else None,
        source=text.get("source", ""),
        frame=_frame(text.get("frame", "")),
    )


def _frame(text: str) -> Frame | None:
    found = next((frame for frame in FRAMES if frame == text.lower()), None)
    if text and found is None:
        raise BadInput(f"a frame among {', '.join(FRAMES)}", repr(text))
    return found


def _points(text: str) -> dict[str, Point]:
    """The named points. A face mesh is checked, but not returned."""
    expected = 'landmarks as JSON {"name": [x, y], …}, where "facemesh" is a list of [x, y]'
    try:
        points = json.loads(text)
        if not isinstance(points, dict):
            raise BadInput(expected, f"a {type(points).__name__}")
        for point in points.pop("facemesh", ()):
            _point(point, expected)
        return {name: _point(point, expected) for name, point in points.items()}
    except BadInput:
        raise
    except (ValueError, AttributeError, TypeError, RecursionError, OverflowError) as error:
        raise BadInput(expected, error) from error


def _point(value: object, expected: str) -> Point:
    if not isinstance(value, list) or len(value) != 2:
        raise BadInput(expected, repr(value))
    return _number(value[0], expected), _number(value[1], expected)


def _number(value: object, expected: str) -> float:
    if isinstance(value, str | int | float):
        try:
            number = float(value)
        except (ValueError, OverflowError) as error:
            raise BadInput(expected, repr(value)) from error
        if math.isfinite(number):
            return number
    raise BadInput(expected, repr(value))
