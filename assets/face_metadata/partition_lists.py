"""Voo et al.'s lists, one for each group: where to find them and how to parse them."""

from __future__ import annotations

import re
from pathlib import Path

from assets.face_metadata.corrected_masks import CORRECTED_FOLDER
from assets.problems import BadInput, Problem, ReportProblem, unreadable
from assets.reading.naming import id_of, normal
from natocc.files.clutter import is_clutter
from natocc.files.names import PICTURES
from natocc.files.read import read_text

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
_PREFIX = "celebamask-hq"
_OWN_TABLES = (f"{_PREFIX}-attribute-anno.txt", f"{_PREFIX}-pose-anno.txt")


def find_lists(raw: Path, report: ReportProblem) -> dict[str, Path]:
    """The list of each group, by the group's name. Other text files with the dataset's name are Problems."""
    found: dict[str, Path] = {}
    texts = (path for folder in _FOLDERS for path in sorted((raw / folder).glob("*.[tT][xX][tT]")))
    for path in (path for path in texts if not is_clutter(path.name)):
        group, where = _group_of(path.name), path.relative_to(raw).as_posix()
        if group in found:
            first = found[group].relative_to(raw).as_posix()
            report(Problem(path=where, expected=f"one list {group}", got=f"a second one beside {first}"))
        elif group is not None:
            found[group] = path
        elif path.name.lower().startswith(_PREFIX) and path.name.lower() not in _OWN_TABLES:
            expected = f"a list of Voo et al.'s partition ({ACCEPTED})"
            report(Problem(path=where, expected=expected, got="another name, so it is not read"))
    return found


def read_names(path: Path, where: str) -> list[str]:
    """Ids of the faces in a list, one a line. Raises ValueError if the file is not text."""
    return [face_id_of(line) for line in _text(path, where).splitlines() if line.strip()]


def face_id_of(name: str) -> str:
    """The id of the face that a name refers to, with or without folder, suffix and padding.

    >>> face_id_of("123.jpg"), face_id_of("CelebA-HQ-img/00123")
    ('00123', '00123')
    """
    plain = normal(name.strip().replace("\\", "/").rpartition("/")[2])
    suffix = Path(plain).suffix
    return id_of(plain.removesuffix(suffix) if suffix.lower() in PICTURES else plain)


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
