"""``natocc.csv`` beside a dataset: what its own layout has no place for, one row an image."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, field
from pathlib import Path

from assets.naming import normal
from assets.problems import Problem, Report
from assets.records import Origin

NAME = "natocc.csv"
SPLITS = ("train", "test", "excluded")
COLUMNS = ("file", "photo", "person", "split", "licence", "grade", "landmarks", "rot_deg", "source")


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """What the side-car says of one image; None and empty where it says nothing."""

    photo: str = ""
    person: str | None = None
    split: str | None = None
    licence: str = ""
    grade: str | None = None
    landmarks: dict[str, tuple[float, float]] = field(default_factory=dict)
    rot_deg: float = 0.0
    source: str = ""

    def origin(self, dataset: str, licence: str) -> Origin:
        """The origin of the image; ``licence`` is the dataset's own."""
        return Origin(
            dataset=dataset,
            photo=self.photo,
            licence=self.licence or licence,
            split=self.split,
            person=self.person,
            grade=self.grade,
        )


NOTHING = Aside()


class Sidecar:
    """The side-car of one dataset folder, read once; every folder has one, if an empty one."""

    def __init__(self, folder: Path, root: Path, report: Report) -> None:
        self._rows: dict[str, Aside] = {}
        path = folder / NAME
        if not path.is_file():
            return
        where = path.relative_to(root).as_posix()
        with path.open(newline="", encoding="utf-8") as stream:
            reader = csv.DictReader(stream)
            unknown = sorted(set(reader.fieldnames or ()) - set(COLUMNS))
            if "file" not in (reader.fieldnames or ()) or unknown:
                got = f"columns {', '.join(reader.fieldnames or ()) or 'none'}"
                report(Problem(path=where, expected=f"columns among {', '.join(COLUMNS)}", got=got))
                return
            for row in reader:
                try:
                    self._rows[normal(row["file"])] = _parse(row)
                except (ValueError, TypeError) as error:
                    line = f"{where}:{reader.line_num}"
                    report(Problem(path=line, expected="a readable row", got=str(error)))
        for name in sorted(self._rows):
            if not (folder / name).is_file():
                report(Problem(path=where, expected=f"an image {name}", got="no such file"))

    def of(self, file: str) -> Aside:
        """What is said of an image, by its path relative to the dataset folder."""
        return self._rows.get(normal(file), NOTHING)


def _parse(row: dict[str, str | None]) -> Aside:
    text = {key: (value or "").strip() for key, value in row.items() if key}
    split = text.get("split") or None
    if split is not None and split not in SPLITS:
        raise ValueError(f"split {split!r} (one of {', '.join(SPLITS)})")
    points = json.loads(text.get("landmarks") or "{}")
    return Aside(
        photo=text.get("photo", ""),
        person=text.get("person") or None,
        split=split,
        licence=text.get("licence", ""),
        grade=text.get("grade") or None,
        landmarks={
            name: (float(point[0]), float(point[1])) for name, point in points.items() if name != "facemesh"
        },
        rot_deg=float(text.get("rot_deg") or 0),
        source=text.get("source", ""),
    )
