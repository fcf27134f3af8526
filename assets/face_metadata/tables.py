"""What CelebAMask-HQ's own tables say of a face: attributes, pose, CelebA's number, split and identity."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Generic, TypeVar

from assets.problems import BadInput, Problem, Report
from assets.reading.naming import same_name
from assets.reading.tally import Tally
from assets.text.table import read_table
from natocc.file_names import PICTURES, is_number

ATTRIBUTES = "CelebAMask-HQ-attribute-anno.txt"
POSES = "CelebAMask-HQ-pose-anno.txt"
MAPPING = "CelebA-HQ-to-CelebA-mapping.txt"
# CelebA's own table, which is not in CelebAMask-HQ's archive.
IDENTITIES = "identity_CelebA.txt"
IDENTITY_FOLDERS = ("CelebAMask-HQ", "CelebA", "CelebA/Anno")
# CelebA's numbers, from 0, from which on faces are for validation and for testing.
FIRST_VAL, FIRST_TEST = 162_771, 182_638
# The publisher writes "Raw" and means roll.
_ANGLES = {"yaw": "yaw", "pitch": "pitch", "roll": "roll", "raw": "roll"}
_ATTRIBUTE_COUNT = 40
# Of so many heads one is turned by more than this many degrees; in radians none is.
_MANY, _RADIANS = 100, 3.2
_PHOTO_COLUMNS = ("file", "image", "image_id", "idx", "name")

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """``facts`` as they are to stand in the entry's json; ``person`` None where no table says."""

    facts: dict[str, object]
    person: str | None = None


@dataclass(slots=True)
class _Table(Generic[Row]):
    """Rows by photograph, each taken out when asked for: those left over have no photograph."""

    where: str
    rows: dict[str, Row]
    lacking: Tally = field(default_factory=Tally)

    def take(self, name: str) -> Row | None:
        row = self.rows.pop(name, None)
        if row is None:
            self.lacking.add(name)
        return row


def official_split(orig_idx: int) -> str:
    """The publisher's split by number in CelebA: 24,183 train, 2,993 val, 2,824 test of the 30,000."""
    return "train" if orig_idx < FIRST_VAL else "val" if orig_idx < FIRST_TEST else "test"


class FaceTables:
    """The tables of a raw folder, each of which may be absent: own photographs have none.

    A row is held as one to three numbers until its photograph is asked for. Ask for every photograph,
    then ``finish``, which tells what rows and photographs lack each other.
    """

    def __init__(self, raw: Path, folder: Path, report: Report) -> None:
        self._raw, self._folder, self._report = raw, folder, report
        self._names: tuple[str, ...] = ()  # of the attributes
        self._angles: tuple[str, ...] = ()
        self._last: tuple[str, Told] = "", Told(facts={})
        self._nameless = Tally()
        self._attributes = self._read(ATTRIBUTES, self._attribute_columns, self._attribute_row)
        self._poses = self._read(POSES, self._pose_columns, self._pose_row)
        self._mapping = self._read(MAPPING, _mapping_columns, _mapping_row)
        self._refuse_radians()
        self._identities = self._read_identities()

    def of(self, stem: str) -> Told:
        """What the tables say of the photograph with this name."""
        name = same_name(stem)
        if name != self._last[0]:  # 7.jpg and 007.jpg: one photograph too many, which others report
            self._last = name, self._take(name)
        return self._last[1]

    def finish(self) -> None:
        """A line for each table that lacks photographs' rows, or has rows of photographs not there."""
        for table in (self._attributes, self._poses, self._mapping):
            if table is None:
                continue
            if table.lacking:
                self._note(table.where, "a row for each photograph", f"none for {table.lacking}")
            idle = Tally()
            for name in table.rows:
                idle.add(name)
            if idle:
                self._note(table.where, "a photograph for each row", f"none for {idle}")
        if self._nameless and self._identities is not None:
            expected = "the identity of each face that is mapped"
            self._note(self._identities.where, expected, f"none for {self._nameless}")

    def _take(self, name: str) -> Told:
        facts: dict[str, object] = {}
        person = None
        if self._mapping and (number := self._mapping.take(name)) is not None:
            file = _file_of(number)
            facts["celeba"] = {"orig_idx": number, "orig_file": file}
            facts["official_split"] = official_split(number)
            if self._identities and (identity := self._identities.rows.get(file)) is not None:
                person = f"celeba:{identity}"
            elif self._identities:
                self._nameless.add(file)
        if self._poses and (pose := self._poses.take(name)) is not None:
            turned = dict(zip(self._angles, pose, strict=True))
            facts["pose_deg"] = {angle: turned[angle] for angle in ("yaw", "pitch", "roll")}
        if self._attributes and (bits := self._attributes.take(name)) is not None:
            facts["attributes"] = sorted(one for at, one in enumerate(self._names) if bits >> at & 1)
        return Told(facts=facts, person=person)

    def _read(
        self,
        file: str,
        columns: Callable[[list[str]], bool],
        parse: Callable[[list[str]], tuple[str, Row] | None],
    ) -> _Table[Row] | None:
        path = self._folder / file
        rows = read_table(path, self._raw, self._report, columns, parse)
        return None if rows is None else _Table(path.relative_to(self._raw).as_posix(), rows)

    def _note(self, where: str, expected: str, got: str) -> None:
        self._report(Problem(path=where, expected=expected, got=got, action="converted"))

    def _attribute_columns(self, cells: list[str]) -> bool:
        names = _column_names(cells)
        if len(set(names)) != len(names) or set(names) & {"1", "-1"}:
            raise BadInput("the attributes' names in the line after the count", " ".join(cells[:4]))
        if len(names) != _ATTRIBUTE_COUNT:
            where = self._folder / ATTRIBUTES
            self._note(
                where.relative_to(self._raw).as_posix(), f"{_ATTRIBUTE_COUNT} attributes", str(len(names))
            )
        self._names = names
        return True

    def _attribute_row(self, cells: list[str]) -> tuple[str, int]:
        values = cells[1:]
        if len(values) != len(self._names) or not set(values) <= {"1", "+1", "-1"}:
            raise BadInput(f"a photograph and {len(self._names)} values of 1 and -1", _few(cells))
        return _stem(cells[0]), sum(1 << at for at, value in enumerate(values) if value != "-1")

    def _pose_columns(self, cells: list[str]) -> bool:
        angles = tuple(_ANGLES.get(name.lower().removesuffix("_deg"), "") for name in _column_names(cells))
        if sorted(angles) != ["pitch", "roll", "yaw"]:
            raise BadInput("the columns Yaw, Pitch and Raw (or Roll) after the count", " ".join(cells[:4]))
        self._angles = angles
        return True

    def _pose_row(self, cells: list[str]) -> tuple[str, tuple[float, ...]]:
        try:
            values = tuple(float(value) for value in cells[1:])
        except ValueError:
            values = ()
        if len(values) != len(self._angles) or not all(abs(value) <= 180 for value in values):
            raise BadInput("a photograph and three angles of -180 to 180 degrees", _few(cells))
        return _stem(cells[0]), values

    def _refuse_radians(self) -> None:
        if self._poses is None or len(self._poses.rows) < _MANY:
            return
        largest = max(abs(value) for pose in self._poses.rows.values() for value in pose)
        if largest <= _RADIANS:
            got = f"none above {largest:g}, as if they were radians; the table is not used"
            self._report(Problem(path=self._poses.where, expected="angles in degrees", got=got))
            self._poses = None

    def _read_identities(self) -> _Table[int] | None:
        """Identities of the faces that are mapped, from the first of the folders that has the table."""
        there = [path for place in IDENTITY_FOLDERS if (path := self._raw / place / IDENTITIES).is_file()]
        if not there:
            return None
        where = there[0].relative_to(self._raw).as_posix()
        for other in there[1:]:
            self._note(
                other.relative_to(self._raw).as_posix(), "one such table", f"{where} too, which is used"
            )
        if self._mapping is None:
            expected = f"{MAPPING}, which says whose photograph is which"
            self._report(Problem(path=where, expected=expected, got="none; no person is known"))
            return None
        wanted = {_file_of(number) for number in self._mapping.rows.values()}

        def row(cells: list[str]) -> tuple[str, int] | None:
            if len(cells) != 2 or not is_number(cells[1]):
                raise BadInput("a photograph of CelebA and the number of its person", _few(cells))
            return (cells[0], int(cells[1])) if cells[0] in wanted else None

        rows = read_table(there[0], self._raw, self._report, lambda cells: False, row)
        return None if rows is None else _Table(where, rows)


def _column_names(cells: list[str]) -> tuple[str, ...]:
    """Without a name for the photographs' own column, which the download does not give."""
    return tuple(cells[1:] if cells[0].lower() in _PHOTO_COLUMNS else cells)


def _mapping_columns(cells: list[str]) -> bool:
    """The download names its columns; copies without the line are about."""
    if is_number(cells[0]):
        return False
    if [name.lower() for name in cells] != ["idx", "orig_idx", "orig_file"]:
        raise BadInput("the columns idx, orig_idx and orig_file", " ".join(cells[:4]))
    return True


def _mapping_row(cells: list[str]) -> tuple[str, int]:
    """CelebA counts its numbers from 0 and its files from 1."""
    if len(cells) != 3 or not is_number(cells[1]) or _stem(cells[2]) != str(int(cells[1]) + 1):
        raise BadInput("a number, CelebA's number and its file, which is one higher", _few(cells))
    return _stem(cells[0]), int(cells[1])


def _file_of(orig_idx: int) -> str:
    return f"{orig_idx + 1:06d}.jpg"


def _stem(file: str) -> str:
    """A picture's name as photographs are compared, with or without its suffix."""
    suffix = PurePath(file).suffix
    return same_name(file.removesuffix(suffix) if suffix.lower() in PICTURES else file)


def _few(cells: list[str]) -> str:
    return " ".join(cells[:5]) + (" …" if len(cells) > 5 else "")
