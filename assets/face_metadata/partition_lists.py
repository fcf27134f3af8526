"""Voo et al.'s lists, one for each group: where to find them and how to parse them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path

from assets.face_metadata.corrected_masks import CORRECTED_FOLDER
from assets.problems import BadInput, Problem, ReportProblem, unreadable
from assets.reading.folders import files_below
from assets.reading.naming import id_of
from assets.text.lines import bare_name
from assets.text.name_list import NameList, read_names
from assets.text.names_within import may_say_test
from natocc.files.clutter import is_clutter
from natocc.files.text import read_text

CELEBAMASK_FOLDER, CELEBAMASK_IMAGES = "CelebAMask-HQ", "CelebA-HQ-img"
_FOLDERS = ("", CELEBAMASK_FOLDER, CORRECTED_FOLDER)
# Only the first released name is known. The others are similar names in several spellings.
ACCEPTED = ", ".join(
    f"{CELEBAMASK_FOLDER}-{name}.txt" for name in ("WO-train", "WO-test", "O", "excluded", "removed")
)
_GROUPS = {
    frozenset({"wo", "train"}): "WO-train",
    frozenset({"wo", "test"}): "WO-test",
    frozenset({"o", "test"}): "O-test",
    frozenset({"o", "train"}): "O",
    **{frozenset({word}): "O" for word in ("o", "occluded")},
    **{frozenset({word}): "excluded" for word in ("exclude", "excluded", "removed")},
}
_MEANINGLESS = {"faces", "files", "ids", "image", "images", "img", "list", "names"}
_HELD_OUT_GROUPS = ("WO-test", "O-test", "excluded")
_PREFIX = "celebamask-hq"
# Lists are text files; one with another suffix is named, not read.
_OTHER_TEXTS = ("", ".csv", ".list", ".lst", ".text", ".tsv")
_OWN_TABLES = (f"{_PREFIX}-attribute-anno.txt", f"{_PREFIX}-pose-anno.txt")


def find_lists(raw: Path, report: ReportProblem) -> dict[str, Path]:
    """The list of each group, by the group's name. Other text files with the dataset's name are Problems."""
    found: dict[str, Path] = {}
    for path in _texts(raw):
        group, where = _group_of(path.name), path.relative_to(raw).as_posix()
        if group in found:
            first = found[group].relative_to(raw).as_posix()
            report(Problem(path=where, expected=f"one list {group}", got=f"a second one beside {first}"))
        elif group is not None:
            found[group] = path
        elif _is_stranger(path):
            expected = f"a list of Voo et al.'s partition ({ACCEPTED})"
            report(Problem(path=where, expected=expected, got="another name, so it is not read"))
    return found


def may_hold_out(raw: Path, lists: Mapping[str, Path]) -> list[Path]:
    """Lists that are not read but may name faces to test on or to exclude.

    These are second ones of such a group, and those whose name has a word like "test" or "excluded".
    """
    found = []
    for path in _texts(raw):
        group = _group_of(path.name)
        second = group in _HELD_OUT_GROUPS and lists.get(group or "") != path
        if second or (group is None and _is_stranger(path) and _has_word_like_test(path.name)):
            found.append(path)
    return found


def misplaced_lists(raw: Path) -> list[Path]:
    """Lists of faces, known by their names, at any depth below the folders in which lists are read."""
    found = (raw / path for path in files_below(raw, _is_list) if path.rpartition("/")[0] not in _FOLDERS)
    return list(found)


def names_held_out(file: str) -> bool:
    """Whether a list of this name is of faces to test on or to exclude, or may be."""
    group = _group_of(file)
    return group in _HELD_OUT_GROUPS if group else _has_word_like_test(file)


def read_face_list(path: Path, where: str, there: Collection[str]) -> NameList[str]:
    """The faces of a list, by id, one a line. Raises ValueError if the file is not text."""
    return read_names(_text(path, where), lambda name: face if (face := face_id_of(name)) in there else None)


def face_id_of(name: str) -> str:
    """The id of the face that a name refers to, with or without folder, suffix and padding.

    >>> face_id_of("123.jpg"), face_id_of("CelebA-HQ-img/00123")
    ('00123', '00123')
    """
    return id_of(bare_name(name))


def _texts(raw: Path) -> list[Path]:
    there = (path for folder in _FOLDERS for path in sorted((raw / folder).glob("*")))
    paths = (path for path in there if not is_clutter(path.name))
    return [path for path in paths if path.suffix.lower() == ".txt" or _is_other_text(path)]


def _is_list(name: str) -> bool:
    suffix = Path(name).suffix.lower()
    ours = name.lower().startswith(_PREFIX) and name.lower() not in _OWN_TABLES
    return not is_clutter(name) and (
        (suffix == ".txt" and (ours or _group_of(name) is not None))
        or (suffix in _OTHER_TEXTS and suffix != "" and ours)
    )


def _is_other_text(path: Path) -> bool:
    return path.suffix.lower() in _OTHER_TEXTS and path.name.lower().startswith(_PREFIX) and path.is_file()


def _is_stranger(path: Path) -> bool:
    """Whether a file without a group has the dataset's name and is none of its tables."""
    return path.name.lower().startswith(_PREFIX) and path.name.lower() not in _OWN_TABLES


def _has_word_like_test(file: str) -> bool:
    return may_say_test(file.lower().removeprefix(_PREFIX).removesuffix(".txt"))


def _group_of(file: str) -> str | None:
    """The group that a file name refers to. Without the dataset's name as prefix, it must contain WO."""
    name = file.lower().removesuffix(".txt")
    words = set(re.findall("[a-z]+", re.sub("(?<=wo)(?=train|test)", " ", name.removeprefix(_PREFIX))))
    known = name.startswith(_PREFIX) or "wo" in words
    return _GROUPS.get(frozenset(words - _MEANINGLESS)) if known else None


def _text(path: Path, where: str) -> str:
    try:
        return read_text(path)
    except OSError as error:
        fault = unreadable(error, "text in UTF-8")
        raise BadInput(fault.expected, f"{fault.got}; fix or remove it", where) from error
