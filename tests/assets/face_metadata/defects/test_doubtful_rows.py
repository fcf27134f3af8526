from __future__ import annotations

from pathlib import Path

import pytest

from assets.face_metadata.defects.doubtful_rows import doubtful_duplicates, report_absent
from assets.face_metadata.defects.table import read_defects
from assets.problems import BadInput, Problem
from tests.raw_trees import write

THERE = {f"{number:05d}" for number in (0, 1, 2, 3, 22, 34)}


def read(folder: Path, *rows: str) -> tuple[tuple[tuple[str, ...], ...], list[str]]:
    text = "\n".join(["kind,face,other", *rows])
    table = read_defects(write(folder / "defects.csv", text.encode()), "d", lambda problem: None)
    problems: list[Problem] = []
    found = doubtful_duplicates(table, "d", THERE, problems.append)
    report_absent(table, "d", "img", THERE, problems.append)
    return found, [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("row", "faces"),
    [
        ("duplicate,0,22,extra", "00000 00022"),
        ("duplicat,0.jpg,img/00022.jpg", "00000 00022"),
        ('duplicate,"0,22,', "00000 00022"),
        ("empty,1,22", "00001 00022"),
        (",0,22", "00000 00022"),
        ("duplicate,0 1,22", "00000 00001 00022"),
        ("duplicate,0-3,22", "00000 00001 00002 00003 00022"),
        ("duplicate,[0],22", "00000 00022"),
    ],
)
def test_the_faces_that_a_row_may_name_are_bound(tmp_path: Path, row: str, faces: str) -> None:
    found, problems = read(tmp_path, row)
    assert found == (tuple(faces.split()),)
    names = faces.replace(" ", ", ")
    if len(found[0]) <= 3:
        assert problems[0] == (
            f"d: expected rows that name two faces each, got others: 1 (line 2); {len(found[0])} ({names}) may be "
            "meant and count as duplicates of each other, row by row"
        )


@pytest.mark.parametrize(
    "row",
    ["duplicate,1", "duplicate,1,", "duplicate,,1", ",1,", "duplicate,1,001.jpg", "duplicat,0*,1", "0,22"],
)
def test_a_row_that_does_not_name_two_stops_the_command(tmp_path: Path, row: str) -> None:
    with pytest.raises(
        BadInput, match=r"^d:2: expected two faces in a row that may say duplicate, .* correct or"
    ):
        read(tmp_path, row)


def test_rows_of_absent_faces_are_counted_and_named_as_they_are_written(tmp_path: Path) -> None:
    found, problems = read(tmp_path, "duplicate,0,22", "duplicate,a b,c d", "misaligned,7-9,", "missing,1,")
    assert found == ()
    assert problems == [
        "d: expected faces of img, got 2 rows without a photograph (a b, 7-9); correct or remove them"
    ]
