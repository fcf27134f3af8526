"""Faces that may be for testing, by lines or lists that can't be read. They are kept out of training."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from assets.face_metadata.partition_lists import (
    CELEBAMASK_FOLDER,
    may_hold_out,
    misplaced_lists,
    names_held_out,
    read_face_list,
)
from assets.problems import Problem, ReportProblem
from assets.reading.unmatched import tally_of
from assets.text.name_list import NameList


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """What one list leaves open. ``faces``: those it may mean; ``lost``: any that no list names."""

    where: str
    expected: str
    got: str
    faces: tuple[str, ...] = ()
    lost: bool = False


def doubts_of(names: NameList[str], where: str, *, trained: bool) -> list[Doubt]:
    """The doubts about a list; ``trained`` if its faces are for training.

    Such a list holds out only the faces that it marks as for testing itself.
    """
    found = []
    if names.unclear:
        faces = () if trained else tuple(names.doubtful)
        got, lost = f"others: {names.unclear}", names.lost > 0 and not trained
        found.append(Doubt(where=where, expected="one name a line", got=got, faces=faces, lost=lost))
    if names.marked and trained:
        got = 'lines that may say "test" or "excluded"'
        found.append(
            Doubt(
                where=where, expected="faces to train on", got=got, faces=tuple(dict.fromkeys(names.marked))
            )
        )
    if names.says_nothing:
        expected = "one name a line, or a line with # if it has none"
        found.append(Doubt(where=where, expected=expected, got="an empty list", lost=not trained))
    return found


def doubts_of_unread(raw: Path, lists: Mapping[str, Path], there: Collection[str]) -> list[Doubt]:
    """The doubts about lists that are not read but may be of faces to test on."""
    found = []
    for path in may_hold_out(raw, lists):
        where = path.relative_to(raw).as_posix()
        names = read_face_list(path, where, there)
        faces, lost = (*names.found, *names.doubtful), names.lost > 0 or names.says_nothing
        if faces or lost:
            expected, got = "a list that is read", "one that may name faces to test on"
            found.append(Doubt(where=where, expected=expected, got=got, faces=faces, lost=lost))
    return found


def doubts_of_misplaced(raw: Path, there: Collection[str]) -> list[Doubt]:
    """The doubts about lists in other places; those of faces to test on or to exclude hold them out."""
    expected, found = f"a list of faces in {CELEBAMASK_FOLDER}", []
    for path in misplaced_lists(raw):
        where = path.relative_to(raw).as_posix()
        got = f"one in a place that is not read; move it to {CELEBAMASK_FOLDER}/{path.name}"
        faces: tuple[str, ...] = ()
        lost = False
        if names_held_out(path.name):
            names = read_face_list(path, where, there)
            faces, lost = (*names.found, *names.doubtful), names.lost > 0 or names.says_nothing
        found.append(Doubt(where=where, expected=expected, got=got, faces=faces, lost=lost))
    return found


def doubtful_faces(
    doubts: Collection[Doubt], named: Collection[str], there: Collection[str], report: ReportProblem
) -> set[str]:
    """The faces to keep out of training: those that a doubt is about, else all that no list names."""
    found: set[str] = set()
    for doubt in doubts:
        faces = {*doubt.faces, *(face for face in there if doubt.lost and face not in named)}
        kept_out = f"; {tally_of(sorted(faces))} may be meant and are kept out of training" if faces else ""
        report(Problem(path=doubt.where, expected=doubt.expected, got=f"{doubt.got}{kept_out}"))
        found |= faces
    return found
