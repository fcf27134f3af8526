"""Voo et al.'s partition of CelebAMask-HQ: faces without occlusion, occluded faces, excluded faces."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, NamedTuple

from assets.face_metadata.corrected_masks import CORRECTED_FOLDER
from assets.face_metadata.doubtful_faces import (
    Doubt,
    doubtful_faces,
    doubts_of,
    doubts_of_misplaced,
    doubts_of_unread,
)
from assets.face_metadata.partition_lists import (
    CELEBAMASK_FOLDER,
    CELEBAMASK_IMAGES,
    face_id_of,
    faces_there,
    find_lists,
    read_face_list,
)
from assets.face_metadata.verdicts import VERDICTS_FILE, VerdictRow, read_verdicts
from assets.problems import Problem, ReportProblem, Unmatched
from assets.reading.unmatched import unmatched
from assets.records import Origin
from assets.text.name_list import NameList

_IMAGES = f"{CELEBAMASK_FOLDER}/{CELEBAMASK_IMAGES}"
_VERDICTS_PATH = f"{CORRECTED_FOLDER}/{VERDICTS_FILE}"
# Table 2 of the paper. Its groups sum to 30,002, for 30,000 faces, so a difference of one is accepted.
TABLE_2 = {"WO-train": 24603, "WO-test": 716, "O": 4597, "excluded": 86}
PUBLISHED_FACES, _TOLERANCE = 30000, 1


class Group(NamedTuple):
    """One group: ``name`` as in the list's file name, with the subset and split of its faces."""

    name: str
    subset: Literal["WO", "O"] | None
    split: Literal["train", "test", "excluded"]

    @property
    def file(self) -> str:
        """The file name of the group's list."""
        return f"{CELEBAMASK_FOLDER}-{self.name}.txt"


# In order of precedence if lists contradict each other: groups that must not be trained on come first. The
# paper has no occluded faces of test persons; here they form a separate group.
GROUPS = (
    Group("excluded", None, "excluded"),
    Group("O-test", "O", "test"),
    Group("WO-test", "WO", "test"),
    Group("O", "O", "train"),
    Group("WO-train", "WO", "train"),
)
_BY_NAME = {group.name: group for group in GROUPS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """The group of each face. Faces that no list names have no group."""

    groups: Mapping[str, Group] = field(default_factory=dict)  # by face id

    def origin(self, face_id: str, origin: Origin) -> Origin:
        """The origin with the face's subset; its split too if the side-car gives none.

        If either source excludes a face, it is excluded.
        """
        group = self.groups.get(face_id)
        if group is None:
            return origin
        split = "excluded" if group.split == "excluded" else origin.split or group.split
        return replace(origin, subset=group.subset, split=split)


def partition_of(raw: Path, report: ReportProblem) -> Partition:
    """Read the existing lists and verdicts; the partition is empty if there are none.

    If a face is in two lists, the group that comes first in ``GROUPS`` counts. A verdict of a review takes
    precedence over the lists. Missing and surplus faces are reported in one line a file. Raises ValueError if
    a file can't be read, as test faces would otherwise be used for training.
    """
    there = faces_there(raw)
    paths = find_lists(raw, report)
    lists = {name: path.relative_to(raw).as_posix() for name, path in sorted(paths.items())}
    groups: dict[str, Group] = {}
    doubts: list[Doubt] = []
    for group in (group for group in GROUPS if group.name in lists):
        where = lists[group.name]
        content = read_face_list(raw / where, where, there)
        _add(groups, group, content, where, there, report)
        doubts += doubts_of(content, where, trained=group.split == "train")
    doubts += [*doubts_of_unread(raw, paths, there), *doubts_of_misplaced(raw, there)]
    rest = [face for face in there if face not in groups]
    held_out = doubtful_faces(doubts, groups, there, report)
    _keep_out(groups, held_out)
    if lists:
        _report_rest([face for face in rest if face not in held_out], lists, report)
    _judge(groups, read_verdicts(raw / _VERDICTS_PATH), bool(lists), there, report)
    # A verdict says what lies over a face, not that it is none to test on.
    _keep_out(groups, held_out)
    return Partition(groups=groups)


def _keep_out(groups: dict[str, Group], held_out: Collection[str]) -> None:
    """Exclude the faces that are neither for testing nor excluded yet."""
    for face in held_out:
        if face not in groups or groups[face].split == "train":
            groups[face] = _BY_NAME["excluded"]


def _add(
    groups: dict[str, Group],
    group: Group,
    content: NameList[str],
    where: str,
    there: Collection[str],
    report: ReportProblem,
) -> None:
    """Put the faces of a list into their group, except faces that an earlier list contains."""
    absent = [face_id_of(name) for name in content.unmatched]
    several = [name for name, count in Counter([*content.found, *absent]).items() if count > 1]
    _note(several, where, "every face once", "{} more than once, the first {}", report)
    named = list(dict.fromkeys([*content.found, *absent]))
    published = TABLE_2.get(group.name)
    if len(there) >= PUBLISHED_FACES - _TOLERANCE and published and abs(len(named) - published) > _TOLERANCE:
        expected = f"{published} faces, as published"
        report(Problem(path=where, expected=expected, got=str(len(named)), action="noted"))
    if absent:
        report(_unmatched(content.unmatched, where, "names"))
    elsewhere: dict[str, list[str]] = {}
    for name in named:
        if name in groups:
            elsewhere.setdefault(groups[name].name, []).append(name)
        elif name in there:
            groups[name] = group
    for other, names in elsewhere.items():
        got = f"{{}} of {other}, where they stay, the first {{}}"
        _note(names, where, "faces that no other list names", got, report)


def _report_rest(rest: list[str], lists: Mapping[str, str], report: ReportProblem) -> None:
    """Report the faces that no list names, and the missing lists."""
    lacking = [name for name in TABLE_2 if name not in lists]
    expected = "every face in one of the lists"
    got = "{} in none, of unknown group and so for training, the first {}"
    if lacking:
        expected, got = f"lists of {', '.join(lacking)} too", f"none; {got}"
    _note(rest, min(lists.values()), expected, got, report)


def _judge(
    groups: dict[str, Group],
    verdicts: Mapping[str, VerdictRow],
    listed: bool,
    there: Collection[str],
    report: ReportProblem,
) -> None:
    """Apply verdicts over the lists. A test face stays a test face unless it is excluded."""
    absent, others = [], []
    for face, row in verdicts.items():
        if face not in there:
            absent.append(face)
            continue
        before = groups.get(face)
        side = "test" if before and before.split == "test" else "train"
        plain = row.verdict == "excluded" or (row.verdict, side) == ("O", "train")
        groups[face] = _BY_NAME[row.verdict if plain else f"{row.verdict}-{side}"]
        if listed and groups[face] != before:
            others.append(face)
    if absent:
        report(_unmatched(absent, _VERDICTS_PATH, "rows"))
    got = "another verdict on {}, which counts, the first {}"
    _note(others, _VERDICTS_PATH, "what the lists say", got, report)


def _unmatched(faces: list[str], where: str, what: str) -> Unmatched:
    kind, todo = f"{what} without a photograph", "correct or remove them"
    return unmatched(where, kind, dict.fromkeys(faces), expected=f"faces of {_IMAGES}", todo=todo)


def _note(faces: list[str], where: str, expected: str, got: str, report: ReportProblem) -> None:
    """Report many faces in one line; ``got`` has placeholders for their number and the first of them."""
    if faces:
        text = got.format(len(faces), min(faces))
        report(Problem(path=where, expected=expected, got=text, action="noted"))
