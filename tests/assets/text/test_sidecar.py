from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from assets.problems import Problem
from assets.text.sidecar import EMPTY_ROW, Sidecar, SidecarRow
from tests.raw_trees import add_sidecar, write


def opened(root: Path, problems: list[Problem]) -> Sidecar:
    return Sidecar(root / "set", root, problems.append)


def lines(root: Path, *rows: dict[str, object]) -> list[str]:
    """What is said of rows about a picture that is there."""
    write(root / "set/a.jpg", b"x")
    add_sidecar(root / "set", *({"file": "a.jpg"} | row for row in rows))
    problems: list[Problem] = []
    opened(root, problems)
    return [str(problem) for problem in problems]


def test_a_row_says_what_the_layout_has_no_place_for(tmp_path: Path) -> None:
    write(tmp_path / "set/img/a.jpg", b"x")
    row = {
        "file": "img/a.jpg",
        "photo": "AB12",
        "person": "ada",
        "split": "test",
        "licence": "CC0",
        "grade": "A",
        "landmarks": '{"nose": [10, 20.5], "facemesh": [[1, 2], [3, 4]]}',
        "rot_deg": "-90",
        "source": "an attic",
    }
    add_sidecar(tmp_path / "set", row)
    problems: list[Problem] = []
    found = opened(tmp_path, problems).row_of("img/a.jpg")
    assert found == SidecarRow(
        photo="ab12",
        person="ada",
        split="test",
        licence="CC0",
        grade="A",
        landmarks={"nose": (10.0, 20.5)},
        rot_deg=-90.0,
        source="an attic",
    )
    assert found.origin("set", "none").licence == "CC0"
    assert problems == []


def test_no_side_car_no_row_and_empty_cells_say_nothing(tmp_path: Path) -> None:
    problems: list[Problem] = []
    assert opened(tmp_path, problems).row_of("a.jpg") == EMPTY_ROW
    assert EMPTY_ROW.origin("set", "its own").licence == "its own"
    write(tmp_path / "set/a.jpg", b"x")
    add_sidecar(
        tmp_path / "set", {"file": "a.jpg", "split": "", "landmarks": "", "rot_deg": "", "person": " "}
    )
    side = opened(tmp_path, problems)
    assert side.row_of("a.jpg") == EMPTY_ROW and side.row_of("b.jpg") == EMPTY_ROW
    assert problems == []


def test_a_spreadsheet_s_byte_order_mark_and_decomposed_names_do(tmp_path: Path) -> None:
    composed, decomposed = (unicodedata.normalize(form, "Zoë.jpg") for form in ("NFC", "NFD"))
    write(tmp_path / "set" / decomposed, b"x")
    write(tmp_path / "set/natocc.csv", f"\ufefffile,split\r\n{composed},test\r\n".encode())
    problems: list[Problem] = []
    found = opened(tmp_path, problems).row_of(decomposed)
    assert found.split == "test"
    assert problems == []


LANDMARKS = 'landmarks as JSON {"name": [x, y], …}, where "facemesh" is a list of [x, y]'


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"split": "val"}, "expected a split among train, test, excluded, got 'val'"),
        ({"landmarks": "[1, 2]"}, f"expected {LANDMARKS}, got a list"),
        ({"landmarks": '{"nose": [1]}'}, f"expected {LANDMARKS}, got [1]"),
        ({"landmarks": '{"nose": [NaN, 1]}'}, f"expected {LANDMARKS}, got nan"),
        ({"landmarks": '{"facemesh": 3}'}, f"expected {LANDMARKS}, got 'int' object is not iterable"),
        ({"landmarks": "nose"}, f"expected {LANDMARKS}, got Expecting value: line 1 column 1 (char 0)"),
        ({"rot_deg": "left"}, "expected rot_deg in degrees, got 'left'"),
        ({"rot_deg": "inf"}, "expected rot_deg in degrees, got 'inf'"),
    ],
)
def test_a_damaged_row_is_named_and_its_picture_excluded(
    tmp_path: Path, row: dict[str, object], said: str
) -> None:
    assert lines(tmp_path, row) == [f"set/natocc.csv:2: {said}"]
    assert opened(tmp_path, []).row_of("a.jpg").split == "excluded", "it may have said test"


def test_rows_about_nothing_and_second_rows_are_named(tmp_path: Path) -> None:
    assert lines(tmp_path, {}, {"file": "gone.jpg"}, {"file": "a.jpg", "person": "ada"}) == [
        "set/natocc.csv:3: expected an image gone.jpg, got no such file",
        "set/natocc.csv:4: expected one row an image, got another for a.jpg",
    ]
    assert opened(tmp_path, []).row_of("a.jpg").split == "excluded", "which of them is right is unknown"


def test_rows_of_a_folder_that_is_gone_are_one_line(tmp_path: Path) -> None:
    rows = ({"file": f"gone/{number}.jpg"} for number in range(30))
    assert lines(tmp_path, *rows) == [
        "set/natocc.csv: expected images of 30 rows, the first gone/0.jpg, got no such files"
    ]


@pytest.mark.parametrize("row", ["a.jpg,MIT, except where noted", "a.jpg", ",MIT"])
def test_another_number_of_cells_is_named(tmp_path: Path, row: str) -> None:
    write(tmp_path / "set/a.jpg", b"x")
    write(tmp_path / "set/natocc.csv", f"file,licence\n{row}\n".encode())
    problems: list[Problem] = []
    opened(tmp_path, problems)
    assert [problem.got for problem in problems] == ["another number of cells"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            b"name,split\na.jpg,test\n",
            "expected a column file and others among photo, person.*got name, split",
        ),
        (b"file,spilt\na.jpg,test\n", "got file, spilt"),
        (b"", "got none"),
        (b"file,person\na.jpg,Zo\xeb\n", "expected a CSV table in UTF-8, got .*0xeb"),
    ],
)
def test_a_side_car_that_cannot_be_read_stops_all(tmp_path: Path, data: bytes, message: str) -> None:
    write(tmp_path / "set/natocc.csv", data)
    with pytest.raises(ValueError, match=f"^set/natocc.csv: .*{message}"):
        opened(tmp_path, [])


def test_a_frame_is_one_of_two(tmp_path: Path) -> None:
    assert lines(tmp_path, {"frame": "sideways"}) == [
        "set/natocc.csv:2: expected a frame among stored, upright, got 'sideways'"
    ]
    assert lines(tmp_path, {"frame": "Stored"}) == []
    assert opened(tmp_path, []).row_of("a.jpg").origin("d", "l").frame == "stored"
