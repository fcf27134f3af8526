"""One row of a side-car: its columns, and their values read."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

from assets.problems import BadInput
from assets.reading.numbers import number_of
from assets.records import FRAMES, Frame, Origin
from assets.text.lines import clean, number_named, plain
from assets.text.strict_json import decode_json

SPLITS = ("train", "test", "excluded")
Point = tuple[float, float]
SIDECAR_COLUMNS = (
    *("file", "photo", "person", "split", "licence"),
    *("grade", "landmarks", "rot_deg", "frame", "source"),
)
# As sha256sum, openssl and container tools write it, with the file's name.
_SHA256 = re.compile(r"(?:sha-?256[:=\s]\s*)?([0-9a-f]{64})(?:\s.*)?")
# Words for nothing, as programs write empty cells.
_UNKNOWN = ("", "nan", "none", "null", "n/a", "#n/a", "<na>")
_CELLS = "a value or nothing for each column, and an image in file"


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


def parse_sidecar_row(cells: dict[str, str] | None) -> SidecarRow:
    """Raises BadInput for a row that can't be read; its image is then excluded."""
    if cells is None:
        raise BadInput(_CELLS, "another number of cells")
    text = {key: clean(value) for key, value in cells.items()}
    if not text["file"]:
        raise BadInput(_CELLS, "no image")
    split = plain(text.get("split", "")) or None
    if split is not None and split not in SPLITS:
        raise BadInput(f"a split among {', '.join(SPLITS)}", repr(clean(text["split"])))
    named = _points(text.get("landmarks") or "{}")
    return SidecarRow(
        photo=_photo(text.get("photo", "")),
        person=person_named(text.get("person", "")),
        split=split,
        licence=text.get("licence", ""),
        grade=text.get("grade") or None,
        landmarks=named,
        rot_deg=_degrees(text["rot_deg"]) if text.get("rot_deg") else None,
        source=text.get("source", ""),
        frame=_frame(text.get("frame", "")),
    )


def person_named(text: str) -> str | None:
    """The person that a cell names, numbers by value; None for an unknown one.

    >>> person_named("007"), person_named("celeba:7.0"), person_named("Ada"), person_named("nan")
    ('7', 'celeba:7', 'Ada', None)
    """
    name = clean(text)
    source, colon, last = name.rpartition(":")
    number = number_named(last)
    name = name if number is None else f"{source}{colon}{number}"
    return None if plain(name) in _UNKNOWN or name == "NA" else name


def _photo(text: str) -> str:
    """The hash, without the name of its kind before it and that of the file after it; "" for none."""
    if not text:
        return ""
    found = _SHA256.fullmatch(text.lower())
    if found is None:
        raise BadInput("photo as the sha256 of the photograph, 64 hex digits, or nothing", repr(text))
    return found[1]


def _degrees(text: str) -> float:
    expected = "rot_deg in degrees from -360 to 360"
    degrees = _number(text, expected)
    if abs(degrees) > 360:
        raise BadInput(expected, repr(text))
    return degrees


def _frame(text: str) -> Frame | None:
    found = next((frame for frame in FRAMES if frame == plain(text)), None)
    if text and found is None:
        raise BadInput(f"a frame among {', '.join(FRAMES)}", repr(text))
    return found


def _points(text: str) -> dict[str, Point]:
    """The named points. A face mesh is checked, but not returned."""
    expected = 'landmarks as JSON {"name": [x, y], …}, where "facemesh" is a list of [x, y]'
    points = decode_json(text, expected)
    if not isinstance(points, dict):
        raise BadInput(expected, f"a {type(points).__name__}")
    mesh = points.pop("facemesh", [])
    if not isinstance(mesh, list):
        raise BadInput(expected, f"{mesh!r} as facemesh")
    for point in mesh:
        _point(point, expected)
    return {name: _point(point, expected) for name, point in points.items()}


def _point(value: object, expected: str) -> Point:
    if not isinstance(value, list) or len(value) != 2:
        raise BadInput(expected, repr(value))
    return _number(value[0], expected), _number(value[1], expected)


def _number(value: object, expected: str) -> float:
    number = number_of(value)
    if number is None or not math.isfinite(number):
        raise BadInput(expected, repr(value))
    return number
