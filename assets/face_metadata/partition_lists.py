"""Voo et al.'s lists, one for each group: where to find them and how to parse them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path, PurePath

from assets.face_metadata.attributes import ATTRIBUTES
from assets.face_metadata.poses import POSES
from assets.problems import BadInput, Problem, ReportProblem, unreadable
from assets.reading.folders import files_below, is_text, names_in
from assets.reading.naming import id_of
from assets.text.lines import bare_name
from assets.text.name_list import NameList, read_names
from assets.text.names_within import may_say_test
from natocc.files.clutter import is_clutter
from natocc.files.names import PICTURES
from natocc.files.text import read_text

CELEBAMASK_FOLDER, CELEBAMASK_IMAGES = "CelebAMask-HQ", "CelebA-HQ-img"
# The last is that of corrected masks.
_FOLDERS = ("", CELEBAMASK_FOLDER, f"{CELEBAMASK_FOLDER}-masks_corrected")
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
_HELD_OUT_GROUPS = ("WO-test", "O-test", "excluded")
_MEANINGLESS = {"faces", "files", "ids", "image", "images", "img", "list", "names", "set", "split"}
# The dataset's name, with any separators in it and after it.
_PREFIX = re.compile(r"celeba[\W_]*mask[\W_]*hq[\W_]*", re.IGNORECASE)
# Words that people write together: WOtest, testset, trainlist.
_JOINTS = re.compile("(?<=wo)(?=train|test)|(?<=train)(?=set|list|split)|(?<=test)(?=set|list|split)")
# A file with the dataset's name is taken for a text unless its suffix is one of these.
_NO_TEXTS = frozenset(
    (
        *(".7z", ".bmp", ".gz", ".jpeg", ".jpg", ".mat", ".npy", ".pkl", ".png", ".rar", ".tar", ".tgz"),
        *(".webp", ".zip"),
    )
)
# Papers that may have the dataset's name.
_PAPERS = frozenset((".bib", ".htm", ".html", ".md", ".md5", ".pdf", ".rst", ".sha1", ".sha256", ".url"))


def faces_there(raw: Path) -> set[str]:
    """The ids of all photographs of the folder of faces; empty without the folder."""
    images = raw / CELEBAMASK_FOLDER / CELEBAMASK_IMAGES
    names = names_in(images) if images.is_dir() else ()
    pictures = (name for name in names if PurePath(name).suffix.lower() in PICTURES and is_text(name))
    return set(map(face_id_of, pictures))


def find_lists(raw: Path, report: ReportProblem) -> dict[str, Path]:
    """The list of each group, by the group's name.

    Other texts with the dataset's name are Problems, and so are its tables in another place or spelling.
    """
    found: dict[str, Path] = {}
    for path in face_texts(raw):
        group, where = _group_of(path.name), path.relative_to(raw).as_posix()
        if group in found:
            first = found[group].relative_to(raw).as_posix()
            report(Problem(path=where, expected=f"one list {group}", got=f"a second one beside {first}"))
        elif group is not None:
            found[group] = path
        elif table := _table_of(path.name):
            if where != f"{CELEBAMASK_FOLDER}/{table}":
                expected = f"this table as {CELEBAMASK_FOLDER}/{table}"
                report(Problem(path=where, expected=expected, got="another name or place, so it is not read"))
        else:
            expected = f"a list of Voo et al.'s partition ({ACCEPTED})"
            report(Problem(path=where, expected=expected, got="another name, so it is not read"))
    return found


def may_hold_out(raw: Path, lists: Mapping[str, Path]) -> list[Path]:
    """Lists that are not read but may name faces to test on or to exclude.

    These are second ones of such a group, and those whose name has a word like "test" or "excluded".
    """
    found = []
    for path in face_texts(raw):
        group = _group_of(path.name)
        second = group in _HELD_OUT_GROUPS and lists.get(group or "") != path
        if second or (group is None and not _table_of(path.name) and _has_word_like_test(path.name)):
            found.append(path)
    return found


def face_texts(raw: Path) -> list[Path]:
    """The texts that have the name of a list of faces or of the dataset, in the places of lists."""
    there = (path for folder in _FOLDERS for path in sorted((raw / folder).glob("*")))
    # A folder of this name is one of the dataset's; a pipe is refused when it is read.
    return [p for p in there if _is_face_text(p.name) and not is_clutter(p.name) and not p.is_dir()]


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


def _group_of(file: str) -> str | None:
    """The group that a file name refers to.

    Without the dataset's name in front it must contain WO, or O with train or test.

    >>> _group_of("celebamask hq wo test.txt"), _group_of("O-test.txt"), _group_of("O.txt")
    ('WO-test', 'O-test', None)
    """
    words = _words(file.lower().removesuffix(".txt")) - _MEANINGLESS
    known = _PREFIX.match(file) or "wo" in words or len(words) == 2
    return _GROUPS.get(frozenset(words)) if known else None


def _table_of(file: str) -> str | None:
    """The table of CelebAMask-HQ that a file name is a spelling of; None for another file."""
    letters = _letters(PurePath(file).stem)
    return next((name for name in (ATTRIBUTES, POSES) if _letters(PurePath(name).stem) == letters), None)


def _is_face_text(file: str) -> bool:
    """Whether a file has the name of a list of faces or of the dataset's table, in any spelling."""
    suffix = PurePath(file).suffix.lower()
    if suffix in _NO_TEXTS:
        return False
    if suffix in _PAPERS:
        stem = file[: -len(suffix)]
        return _is_face_text(stem) and (_group_of(stem) is not None or _has_word_like_test(stem))
    return bool(_PREFIX.match(file) or _group_of(file) or "wo" in _words(file))


def _is_list(name: str) -> bool:
    """Whether a file anywhere has the name of a list, and a suffix: a folder's name has none."""
    return _is_face_text(name) and not (_table_of(name) or is_clutter(name)) and PurePath(name).suffix != ""


def _has_word_like_test(file: str) -> bool:
    """Whether a word of the name is like "test" or "excluded"."""
    return may_say_test(" ".join(_words(file)))


def _words(file: str) -> set[str]:
    """The words of a name in lower case, without the dataset's."""
    name = _JOINTS.sub(" ", _PREFIX.sub("", file.lower(), count=1))
    return set(re.findall("[a-z]+", name))


def _letters(stem: str) -> str:
    return re.sub(r"[\W_]", "", stem.lower())


def _text(path: Path, where: str) -> str:
    try:
        return read_text(path)
    except OSError as error:
        fault = unreadable(error, "text in UTF-8")
        raise BadInput(fault.expected, f"{fault.got}; fix or remove it", where) from error
