"""Voo et al.'s partition of CelebAMask-HQ: faces with nothing over them, occluded ones, excluded ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, NamedTuple

from assets.face_metadata.corrected_masks import CORRECTED_FOLDER
from assets.face_metadata.partition_lists import (
    CELEBAMASK_FOLDER,
    CELEBAMASK_IMAGES,
    face_id_of,
    find_lists,
    read_names,
)
from assets.face_metadata.verdicts import VERDICTS_FILE, VerdictRow, read_verdicts
from assets.problems import Problem, ReportProblem
from assets.reading.folders import is_text
from assets.records import Origin
from natocc.file_names import PICTURES

_IMAGES = f"{CELEBAMASK_FOLDER}/{CELEBAMASK_IMAGES}"
_VERDICTS_PATH = f"{CORRECTED_FOLDER}/{VERDICTS_FILE}"
# Table 2 of the paper. Its groups are 30,002 together, of 30,000 faces: one more or less is no fault.
TABLE_2 = {"WO-train": 24603, "WO-test": 716, "O": 4597, "excluded": 86}
PUBLISHED_FACES, _TOLERANCE = 30000, 1


class Group(NamedTuple):
    """One group: ``name`` as in the list's file name, and what it says of its faces."""

    name: str
    subset: Literal["WO", "O"] | None
    split: Literal["train", "test", "excluded"]

    @property
    def file(self) -> str:
        """The name under which the group's list is written."""
        return f"{CELEBAMASK_FOLDER}-{self.name}.txt"


# In the order of who wins where lists contradict each other: what may not be trained on first.
# The paper has no occluded faces of test persons; here they form a separate group.
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
    """Which face belongs to which group; faces that no list names belong to none."""

    groups: Mapping[str, Group] = field(default_factory=dict)  # by face id

    def origin(self, face_id: str, origin: Origin) -> Origin:
        """The origin with the face's subset, and with its split where the side-car gives none.

        What anyone excludes is excluded.
        """
        group = self.groups.get(face_id)
        if group is None:
            return origin
        split = "excluded" if group.split == "excluded" else origin.split or group.split
        return replace(origin, subset=group.subset, split=split)


def partition_of(raw: Path, report: ReportProblem) -> Partition:
    """Read the lists and the verdicts that are there; empty where there are none.

    Of a face in two lists the group that comes first in ``GROUPS`` counts; a review's verdict goes
    before the lists. What is missing or too much is reported in one line a file. Raises ValueError
    for a file that can't be read: without it, faces to test on would be trained on.
    """
    images = raw / _IMAGES
    files = images.iterdir() if images.is_dir() else ()
    names = (path.name for path in files if path.suffix.lower() in PICTURES and is_text(path.name))
    there = {face_id_of(name) for name in names if not name.startswith(".")}
    lists = {name: path.relative_to(raw).as_posix() for name, path in sorted(find_lists(raw, report).items())}
    groups: dict[str, Group] = {}
    for group in (group for group in GROUPS if group.name in lists):
        where = lists[group.name]
        _add(groups, group, read_names(raw / where, where), where, there, report)
    if lists:
        _report_rest([face for face in there if face not in groups], lists, report)
    _judge(groups, read_verdicts(raw / _VERDICTS_PATH), bool(lists), there, report)
    return Partition(groups=groups)


def _add(
    groups: dict[str, Group],
    group: Group,
    named: list[str],
    where: str,
    there: Collection[str],
    report: ReportProblem,
) -> None:
    """Put the faces of a list into their group, but for those that an earlier one has."""
    several = [name for name, count in Counter(named).items() if count > 1]
    _note(several, where, "every face once", "{} more than once, the first {}", report)
    named = list(dict.fromkeys(named))
    published = TABLE_2.get(group.name)
    if len(there) >= PUBLISHED_FACES - _TOLERANCE and published and abs(len(named) - published) > _TOLERANCE:
        expected = f"{published} faces, as published"
        report(Problem(path=where, expected=expected, got=str(len(named)), action="converted"))
    absent = [name for name in named if name not in there]
    _note(absent, where, f"faces of {_IMAGES}", "{} that are not there, the first {}", report)
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
    """Say which faces no list names, and that lists are missing where they are."""
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
    """Let verdicts go before the lists; a test face stays a test face, unless it is excluded."""
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
    _note(absent, _VERDICTS_PATH, f"faces of {_IMAGES}", "{} that are not there, the first {}", report)
    got = "another verdict on {}, which counts, the first {}"
    _note(others, _VERDICTS_PATH, "what the lists say", got, report)


def _note(faces: list[str], where: str, expected: str, got: str, report: ReportProblem) -> None:
    """One line for many faces; ``got`` has places for their number and the first of them."""
    if faces:
        text = got.format(len(faces), min(faces))
        report(Problem(path=where, expected=expected, got=text, action="converted"))
