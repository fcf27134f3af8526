"""Tables of points."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assets.problems import BadInput, Problem
from assets.text.face_points import PointRow, read_face_points
from natocc.resize.face_crop import FacePoints
from tests.raw_trees import table, write

NAMED = {
    **{"left_eye_x": "40", "left_eye_y": "50", "right_eye_x": "60", "right_eye_y": "50"},
    **{"mouth_left_x": "42", "mouth_left_y": "80", "mouth_right_x": "58", "mouth_right_y": "80"},
}
POINTS = FacePoints(left_eye=(40, 50), right_eye=(60, 50), mouth_left=(42, 80), mouth_right=(58, 80))


def read(folder: Path, *rows: dict[str, str]) -> tuple[list[PointRow], list[str]]:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    problems: list[Problem] = []
    found = read_face_points(write(folder / "points.csv", table(rows, columns)), problems.append)
    return found, [str(problem) for problem in problems]


def test_named_points_with_a_name_and_what_a_sidecar_says(tmp_path: Path) -> None:
    (row,), problems = read(
        tmp_path, {"file": "a/b.jpg", "name": "ada", "person": "Ada", "licence": "CC0"} | NAMED
    )
    assert (row.file, row.name, row.points, problems) == ("a/b.jpg", "ada", POINTS, [])
    assert (row.said.person, row.said.licence, row.said.photo) == ("Ada", "CC0", "")


def test_68_landmarks_give_eyes_and_mouth(tmp_path: Path) -> None:
    places = dict.fromkeys(range(68), (0, 0))
    places |= dict.fromkeys(range(36, 42), (40, 50)) | dict.fromkeys(range(42, 48), (60, 50))
    places |= {48: (42, 80), 54: (58, 80)}
    cells = {
        f"{axis}{k}": str(value)
        for k, place in places.items()
        for axis, value in zip("xy", place, strict=True)
    }
    (row,), _ = read(tmp_path, {"file": "b.jpg"} | cells)
    assert row.points == POINTS and row.name == "b"


def test_a_sidecar_s_landmarks_will_do(tmp_path: Path) -> None:
    text = '{"left_eye": [40, 50], "right_eye": [60, 50], "mouth_left": [42, 80], "mouth_right": [58, 80]}'
    (row,), _ = read(tmp_path, {"file": "image/7.jpg", "landmarks": text})
    assert row.points == POINTS and row.name == "7"


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (NAMED | {"left_eye_x": "wide"}, "points.csv:2: expected a number as left_eye_x, got 'wide'"),
        (
            NAMED | {"mouth_left_x": ""},
            "points.csv:2: expected points of the face: .*got none of left_eye, right",
        ),
        (NAMED | {"name": "../x"}, "points.csv:2: expected a name without folders, got '../x'"),
    ],
)
def test_a_row_that_can_t_be_read_is_reported(cells: dict[str, str], said: str, tmp_path: Path) -> None:
    rows, (problem,) = read(tmp_path, {"file": "a.jpg", "name": ""} | cells, {"file": "b.jpg"} | NAMED)
    assert [row.file for row in rows] == ["b.jpg"]
    assert re.match(said, problem)


def test_a_table_without_points_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        BadInput, match=r"points\.csv: expected the columns file, left_eye_x, .*got file, left_eye_x$"
    ):
        read(tmp_path, {"file": "a.jpg", "left_eye_x": "3"})
    with pytest.raises(BadInput, match="expected the columns file"):
        read(tmp_path, dict(NAMED))
