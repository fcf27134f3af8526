"""Faces that may be for testing, by lines or lists that can't be read. They are kept out of training."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from assets.face_metadata.partition_lists import may_hold_out, read_face_list
from assets.problems import Problem, ReportProblem
from assets.reading.unmatched import tally_of
from assets.text.name_list import NameList


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Lines of one list that can't be read. ``faces``: what they may name; ``lost``: they name nothing."""

    where: str
    lines: str
    faces: tuple[str, ...] = ()
    lost: bool = False


def doubt_of(names: NameList[str], where: str) -> Doubt | None:
    """The doubt about the lines of a list of faces to test on or to exclude; None if all can be read."""
    if not names.unclear:
        return None
    return Doubt(where=where, lines=str(names.unclear), faces=tuple(names.doubtful), lost=names.lost > 0)


def doubtful_lists(
    raw: Path, lists: Mapping[str, Path], there: Collection[str], report: ReportProblem
) -> set[str]:
    """The faces of lists that are not read but may be of faces to test on; one line a list."""
    found: set[str] = set()
    for path in may_hold_out(raw, lists):
        where = path.relative_to(raw).as_posix()
        names = read_face_list(path, where, there)
        faces = {*names.found, *names.doubtful}
        if faces:
            got = f"one that may name faces to test on; {tally_of(sorted(faces))} are kept out of training"
            report(Problem(path=where, expected="a list that is read", got=got))
        found |= faces
    return found


def doubtful_faces(
    doubts: Collection[Doubt], named: Collection[str], there: Collection[str], report: ReportProblem
) -> set[str]:
    """The faces that unreadable lines may name: those that stand in them, else all that no list names."""
    found: set[str] = set()
    for doubt in doubts:
        faces = {*doubt.faces, *(face for face in there if doubt.lost and face not in named)}
        kept_out = f"; {tally_of(sorted(faces))} may be meant and are kept out of training" if faces else ""
        report(Problem(path=doubt.where, expected="one name a line", got=f"others: {doubt.lines}{kept_out}"))
        found |= faces
    return found
