"""The 500 training faces of COFW itself with the masks that a user has of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from assets.datasets.cofw.face import CofwFace
from assets.datasets.cofw.reader import COFW_FOLDERS, FIRST_GENUINE, read_cofw
from assets.problems import BadInput, ReportProblem, unreadable
from assets.reading.folders import first_folder, relative
from assets.reading.masks.choose import mask_files
from assets.reading.masks.match import without_mask_word
from assets.text.lines import bare_name
from assets.text.name_list import read_names
from assets.wording import count_of
from natocc.files.names import is_number
from natocc.files.read import is_there
from natocc.files.text import read_text

# In a folder of COFW.
COFW_MASKS, COFW_ALIGNED = "masks", "aligned400.txt"
GENUINE_FACES = 500
_LAST = FIRST_GENUINE + GENUINE_FACES - 1
_NAMES = f"names of masks by the row of IsTr, counted from 0 ({FIRST_GENUINE} to {_LAST}), or by the id"


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskedFace:
    """A face and the file of its mask."""

    face: CofwFace
    mask: Path


def masks_folder(raw: Path) -> Path | None:
    """The folder of the masks; None if there is none."""
    return first_folder(raw, *(f"{name}/{COFW_MASKS}" for name in COFW_FOLDERS))


def read_masked_faces(raw: Path, report: ReportProblem) -> Iterator[MaskedFace]:
    """Yield the faces that have a mask, in the order of the file.

    A mask is named by its row of ``IsTr``, counted from 0 (``845.png``), or by its id (``train_00845.png``),
    with or without a word for a mask. Raises BadInput for other names, two masks of one face, and masks
    without a face; ValueError if h5py is missing.
    """
    folder = masks_folder(raw)
    if folder is None:
        return
    files = mask_files(folder, raw, report)
    masks: dict[int, Path] = {}
    for path in files.masks:
        row = row_named(path.stem)
        if row is None:
            raise BadInput(f"{_NAMES} (train_00845)", "another name; rename it", relative(path, raw))
        other = masks.setdefault(row, path)
        if other is not path:
            got = f"{relative(other, raw)} too; remove one"
            raise BadInput(f"one mask of row {row}", got, relative(path, raw))
    faces = {one.index: one for one in read_cofw(raw, report) if one.split == "train" and one.genuine}
    if faces and (lacking := sorted(masks.keys() - faces.keys())):
        got = f"{count_of(len(lacking), 'rows')} without one, the first {lacking[0]}"
        raise BadInput("a face that can be read for each mask", got, relative(folder, raw))
    yield from (MaskedFace(face=faces[row], mask=masks[row]) for row in sorted(masks.keys() & faces.keys()))


def row_named(name: str) -> int | None:
    """The row that a name tells; None for one that is no genuine face's.

    >>> row_named("845"), row_named("train_00845_mask"), row_named("1"), row_named("test_00845")
    (845, 845, None, None)
    """
    bare = without_mask_word(name).removeprefix("train_")
    row = int(bare) if is_number(bare) else -1
    return row if FIRST_GENUINE <= row <= _LAST else None


def aligned_list(raw: Path) -> Path | None:
    """The user's list of aligned faces; None if there is none."""
    paths = (raw / name / COFW_ALIGNED for name in COFW_FOLDERS)
    return next(filter(is_there, paths), None)


def read_aligned_rows(path: Path, raw: Path, rows: Iterable[int]) -> tuple[int, ...]:
    """The rows of a list, one a line, in the file's order, each once.

    Raises BadInput for lines that name none of ``rows``, or that cannot be read.
    """
    known, where = set(rows), relative(path, raw)
    expected = f"one face with a mask a line, by its row of IsTr ({FIRST_GENUINE} to {_LAST}) or id"

    def named(name: str) -> int | None:
        row = row_named(bare_name(name))
        return row if row in known else None

    try:
        names = read_names(read_text(path), named)
    except OSError as error:
        raise unreadable(error, expected, where) from error
    if names.unmatched:
        got = f"{count_of(len(names.unmatched), 'others')}, the first {names.unmatched[0]}"
        raise BadInput(expected, got, where)
    if names.unclear:
        raise BadInput(expected, f"others: {names.unclear}", where)
    return tuple(dict.fromkeys(names.found))
