from __future__ import annotations

from pathlib import Path

import pytest

from assets.face_metadata.attributes import ATTRIBUTES
from assets.face_metadata.celeba import MAPPING
from assets.face_metadata.photo_table import PhotoTable, column_names, first_cells
from assets.face_metadata.poses import POSES
from assets.problems import Problem
from tests.celeba_tables import attributes, faces_of
from tests.raw_trees import FACES, write


def test_rows_and_photographs_that_lack_each_other_take_one_line(tmp_path: Path) -> None:
    """A half-extracted archive: thousands of rows without a photograph."""
    write(tmp_path / FACES / ATTRIBUTES, attributes(*((f"{number}.jpg", "") for number in range(1, 900))))
    _, problems = faces_of(tmp_path, "0", "1", "own")
    assert problems == [
        f"noted {FACES}/{ATTRIBUTES}: expected a row for each photograph, got none for 2 (0, own)",
        f"unmatched {FACES}/{ATTRIBUTES}: expected a photograph for each row, "
        "got 898 rows without a photograph (2, 3, 4, …); correct or remove them",
    ]


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        (POSES, b"1\nYaw Pitch\n0.jpg 1 2\n", "expected the columns Yaw, Pitch and Raw (or Roll) after the count, got Yaw Pitch"),
        (POSES, b"1\n0.jpg 1 2 3\n", "expected the columns Yaw, Pitch and Raw (or Roll) after the count, got 0.jpg 1 2 3"),
        (ATTRIBUTES, b"1\n0.jpg 1 -1\n", "expected the attributes' names in the line after the count, got 0.jpg 1 -1"),
        (MAPPING, b"idx file\n0 000001.jpg\n", "expected the columns idx, orig_idx and orig_file, got idx file"),
        (MAPPING, b"", "expected rows, got an empty file"),
        (MAPPING, b"0 \xff 1\n", "expected text in UTF-8, got another encoding (0xff at byte 2), such as Latin-1 or Windows-1252; save it as UTF-8"),
    ],
)  # fmt: skip
def test_a_table_that_is_another_is_not_used(tmp_path: Path, file: str, text: bytes, said: str) -> None:
    write(tmp_path / FACES / file, text)
    faces, problems = faces_of(tmp_path, "0")
    assert faces[0].metadata == {}
    assert problems == [f"refused {FACES}/{file}: {said}"]


def test_a_row_is_taken_once() -> None:
    table = PhotoTable("t.txt", {"1": "one", "2": "two"})
    assert (table.take("1"), table.take("1")) == ("one", None)
    problems: list[Problem] = []
    table.report_mismatches(problems.append)
    assert [str(problem) for problem in problems] == [
        "t.txt: expected a row for each photograph, got none for 1 (1)",
        "t.txt: expected a photograph for each row, got 1 row without a photograph (2); correct or remove them",
    ]


def test_the_photographs_column_has_a_name_or_none() -> None:
    assert column_names(["Image_id", "Yaw"]) == column_names(["Yaw"]) == ("Yaw",)


def test_a_long_row_is_cut_off_in_messages() -> None:
    assert first_cells(list("abcde")) == "a b c d e" and first_cells(list("abcdef")) == "a b c d e …"
