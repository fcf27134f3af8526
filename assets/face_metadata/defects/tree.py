"""The known defects of the faces of one raw tree, from the table of CelebAMask-HQ and the tree's own."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from assets.face_metadata.celeba import read_mapping
from assets.face_metadata.defects.doubtful_rows import doubtful_duplicates, report_absent
from assets.face_metadata.defects.table import (
    DEFECT_KINDS,
    DUPLICATE,
    Defect,
    known_defects,
    read_defects,
)
from assets.face_metadata.partition import PUBLISHED_FACES
from assets.face_metadata.partition_lists import CELEBAMASK_FOLDER, CELEBAMASK_IMAGES, faces_there
from assets.face_metadata.photo_table import PhotoTable, note
from assets.problems import Problem, ReportProblem
from assets.reading.unmatched import tally_of
from assets.wording import count_of

DEFECTS_FILE = "defects.csv"
_IMAGES = f"{CELEBAMASK_FOLDER}/{CELEBAMASK_IMAGES}"
# CelebA's numbers of the first photographs, by which CelebAMask-HQ's own mapping is known.
_FIRST_NUMBERS = {"0": 119613, "1": 99094, "2": 200121, "3": 81059}


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeDefects:
    """The known defects of the faces of a tree; ``listed`` counts the faces that the tables name."""

    by_face: Mapping[str, tuple[Defect, ...]] = field(default_factory=dict)  # of the faces that are there
    duplicates: tuple[tuple[str, ...], ...] = ()  # ids of faces that are there and may be one photograph
    listed: int = 0

    def metadata_of(self, face: str) -> dict[str, object]:
        """The field of the entry's json; empty for a face without known defects."""
        found = self.by_face.get(face, ())
        return {"known_defects": [defect.metadata(face) for defect in found]} if found else {}

    @property
    def kinds(self) -> dict[str, int]:
        """The number of faces by kind of defect, in the order of ``DEFECT_KINDS``."""
        counts = Counter(kind for found in self.by_face.values() for kind in {one.kind for one in found})
        return {kind: counts[kind] for kind in DEFECT_KINDS if counts[kind]}

    def index_fields(self) -> dict[str, object]:
        """The field of the bank's index; empty if no face has known defects or may be a duplicate."""
        if not self.by_face and not self.duplicates:
            return {}
        counts = {"faces": len(self.by_face), "listed": self.listed, "kinds": self.kinds}
        return {"known_defects": counts | {"duplicates": [list(group) for group in self.duplicates]}}

    def report(self, report: ReportProblem) -> None:
        """Note how many faces have known defects, and of which kinds."""
        if self.by_face:
            kinds = ", ".join(f"{kind} {count}" for kind, count in self.kinds.items())
            got = (
                f"{len(self.by_face)} of the {count_of(self.listed, 'faces')} that the tables name ({kinds})"
            )
            report(note(_IMAGES, "faces without known defects", got))


def defects_of_tree(raw: Path) -> TreeDefects:
    """As ``find_defects``, without reports."""
    mapping = read_mapping(raw, raw / CELEBAMASK_FOLDER, _silent)
    return find_defects(raw, mapping, _silent)


def find_defects(raw: Path, mapping: PhotoTable[int] | None, report: ReportProblem) -> TreeDefects:
    """The known defects of the tree's faces. Call it before rows are taken from ``mapping``.

    The table of CelebAMask-HQ is used only if the tree is evidently that dataset: its numbers mean other
    photographs elsewhere. Rows of the tree's own table whose faces are not there are reported as unmatched.
    Raises BadInput if that table, or which faces a row of it says to be duplicates, can't be read.
    """
    there = faces_there(raw)
    where = f"{CELEBAMASK_FOLDER}/{DEFECTS_FILE}"
    rows = read_defects(raw / where, where, report)
    doubtful = doubtful_duplicates(rows, where, there, report)
    report_absent(rows, where, _IMAGES, there, report)
    own = tuple(row.defect for row in rows if row.defect is not None)
    known = known_defects()
    if not is_celebamask(mapping, there):
        _report_unused(known, there, report)
        known = ()
    by_face: dict[str, dict[tuple[object, ...], Defect]] = defaultdict(dict)
    for defect in (*known, *own):
        for face in _faces_of(defect):
            by_face[face].setdefault((defect.kind, frozenset(_faces_of(defect)), defect.parts), defect)
    return TreeDefects(
        by_face={face: tuple(by_face[face].values()) for face in sorted(by_face) if face in there},
        duplicates=_groups((*known, *own), doubtful, there),
        listed=len(by_face),
    )


def is_celebamask(mapping: PhotoTable[int] | None, there: Collection[str]) -> bool:
    """Whether numbers of faces are CelebAMask-HQ's own.

    They are if the mapping gives the first photographs CelebA's numbers; without a mapping, if all 30,000
    photographs but one are ``there``, by their ids.
    """
    if mapping is not None:
        return all(mapping.rows.get(name) == number for name, number in _FIRST_NUMBERS.items())
    return sum(f"{number:05d}" in there for number in range(PUBLISHED_FACES)) >= PUBLISHED_FACES - 1


def _report_unused(known: Iterable[Defect], there: Collection[str], report: ReportProblem) -> None:
    """Note the faces whose numbers have known defects in CelebAMask-HQ, if this may be another dataset."""
    same = sorted({face for defect in known for face in _faces_of(defect)} & set(there))
    if same:
        expected = "CelebAMask-HQ's own mapping or its 30,000 photographs, which tell its numbers"
        got = f"neither; known defects of {tally_of(same)} are not used; name them in {DEFECTS_FILE}"
        report(note(_IMAGES, expected, got))


def _faces_of(defect: Defect) -> tuple[str, ...]:
    return tuple(face for face in (defect.face, defect.other) if face)


def _groups(
    defects: Iterable[Defect], doubtful: Iterable[tuple[str, ...]], there: Collection[str]
) -> tuple[tuple[str, ...], ...]:
    """Faces that are one photograph, or may be, also by way of a third one, which need not be there."""
    groups: dict[str, set[str]] = {}
    certain = (_faces_of(defect) for defect in defects if defect.kind == DUPLICATE)
    for faces in (*certain, *doubtful):
        merged = {*faces}.union(*(groups.get(face, ()) for face in faces))
        groups |= dict.fromkeys(merged, merged)
    found = {tuple(sorted(face for face in group if face in there)) for group in groups.values()}
    return tuple(sorted(group for group in found if len(group) > 1))


def _silent(problem: Problem) -> None:
    """Reported by the reader."""
