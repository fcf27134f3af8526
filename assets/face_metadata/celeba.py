"""The link from CelebAMask-HQ to CelebA: number, publisher's split and identity of each face."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import Path

from assets.face_metadata.photo_table import PhotoTable, first_cells, note, read_photo_table
from assets.problems import BadInput, Problem, ReportProblem
from assets.reading.unmatched import tally_of
from assets.text.lines import bare_name, cell_name, number_named, plain
from assets.text.table import Layout

MAPPING = "CelebA-HQ-to-CelebA-mapping.txt"
# CelebA's own table, which is not part of CelebAMask-HQ's archive.
_IDENTITIES = "identity_CelebA.txt"
IDENTITY_FOLDERS = ("CelebAMask-HQ", "CelebA", "CelebA/Anno")
# The first CelebA numbers, counted from 0, of the validation and the test split.
FIRST_VAL, FIRST_TEST = 162_771, 182_638
# The photographs of CelebA.
_PHOTOGRAPHS = 202_599


def official_split(orig_idx: int) -> str:
    """The publisher's split by number in CelebA: 24,183 train, 2,993 val, 2,824 test of the 30,000."""
    return "train" if orig_idx < FIRST_VAL else "val" if orig_idx < FIRST_TEST else "test"


def celeba_file(orig_idx: int) -> str:
    """The file name for a number: CelebA counts its numbers from 0 and its files from 1."""
    return f"{orig_idx + 1:06d}.jpg"


def read_mapping(raw: Path, folder: Path, report: ReportProblem) -> PhotoTable[int] | None:
    """CelebA's number of each photograph; None if there is no readable table.

    Faces that have one number are reported, and their rows are left out.
    """
    table = read_photo_table(folder / MAPPING, raw, report, _mapping_layout)
    if table is None:
        return None
    counts = Counter(table.rows.values())
    several = [face for face, number in table.rows.items() if counts[number] > 1]
    if several:
        got = f"one of several for {tally_of(several)}, whose rows are not used"
        report(Problem(path=table.where, expected="a number of CelebA for each face", got=got))
    return replace(table, rows={face: row for face, row in table.rows.items() if counts[row] == 1})


def read_identities(
    raw: Path, mapping: PhotoTable[int] | None, report: ReportProblem
) -> PhotoTable[int] | None:
    """The person's number of each mapped face, by the bare name of CelebA's file; None without a table.

    The table is read from the first of ``IDENTITY_FOLDERS`` that contains it. Call this before rows are taken
    from ``mapping``.
    """
    _report_strangers(raw, report)
    candidates = [raw / folder / _IDENTITIES for folder in IDENTITY_FOLDERS]
    paths = [path for path in candidates if path.is_file()]
    if not paths:
        return None
    where, *others = (path.relative_to(raw).as_posix() for path in paths)
    for other in others:
        report(note(other, "one such table", f"{where} too, which is used"))
    if mapping is None:
        expected = f"{MAPPING}, which says whose photograph is which"
        report(Problem(path=where, expected=expected, got="none; no person is known"))
        return None
    wanted = frozenset(bare_name(celeba_file(number)) for number in mapping.rows.values())
    layout = Layout(has_header=False, parse=partial(_identity_row, wanted))
    return read_photo_table(paths[0], raw, report, lambda cells: layout)


def _report_strangers(raw: Path, report: ReportProblem) -> None:
    """Report identities in CelebA's folders that have another suffix: the rest of these is not looked at."""
    for folder in (raw / name for name in IDENTITY_FOLDERS[1:]):
        for path in sorted(folder.glob("*")):
            if path.stem.lower() == Path(_IDENTITIES).stem.lower() and path.suffix.lower() != ".txt":
                got = f"{path.name}, which is not read; rename it"
                report(Problem(path=path.relative_to(raw).as_posix(), expected=_IDENTITIES, got=got))


def _mapping_layout(cells: list[str]) -> Layout[int]:
    """The layout of the mapping. The download has a line of column names; some copies lack it."""
    has_header = number_named(cells[0]) is None
    if has_header and [plain(name) for name in cells] != ["idx", "orig_idx", "orig_file"]:
        raise BadInput("the columns idx, orig_idx and orig_file", " ".join(cells[:4]))
    return Layout(has_header=has_header, parse=_mapping_row)


def _mapping_row(cells: list[str]) -> tuple[str, int]:
    number = number_named(cells[1]) if len(cells) == 3 else None
    if number is None or bare_name(cells[2]) != str(number + 1):
        raise BadInput("a number, CelebA's number and its file, which is one higher", first_cells(cells))
    if number >= _PHOTOGRAPHS:
        raise BadInput(f"numbers of CelebA, from 0 to {_PHOTOGRAPHS - 1}", first_cells(cells))
    return cell_name(cells[0]), number


def _identity_row(wanted: frozenset[str], cells: list[str]) -> tuple[str, int] | None:
    person = number_named(cells[1]) if len(cells) == 2 else None
    if person is None:
        raise BadInput("a photograph of CelebA and the number of its person", first_cells(cells))
    return (name, person) if (name := cell_name(cells[0])) in wanted else None
