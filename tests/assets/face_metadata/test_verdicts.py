from __future__ import annotations

from pathlib import Path

import pytest

from assets.face_metadata.verdicts import VerdictRow, encode_verdicts, read_verdicts
from tests.raw_trees import write


def row(file: str, verdict: str = "O") -> VerdictRow:
    return VerdictRow(file=file, verdict=verdict, who="Ann, of 2", date="2024-05-09")


def test_rows_come_back_in_the_order_of_the_photographs(tmp_path: Path) -> None:
    rows = {"00012": row("12.jpg"), "00007": row("7.jpg", "excluded")}
    data = encode_verdicts(rows)
    assert data.decode() == (
        'file,verdict,who,date\n7.jpg,excluded,"Ann, of 2",2024-05-09\n12.jpg,O,"Ann, of 2",2024-05-09\n'
    )
    assert read_verdicts(write(tmp_path / "v.csv", data)) == rows
    assert read_verdicts(tmp_path / "none.csv") == {}


def test_a_table_is_read_as_spreadsheets_write_it(tmp_path: Path) -> None:
    text = "\ufeffVerdict;File ;who;date\r\n wo;img\\007.jpg;ada;\r\n;;;\r\n"
    found = read_verdicts(write(tmp_path / "v.csv", text.encode()))
    assert [(face, row.verdict, row.who) for face, row in found.items()] == [("00007", "WO", "ada")]


def test_two_rows_of_a_face_that_differ_are_refused(tmp_path: Path) -> None:
    text = "file,verdict,who,date\n7.jpg,O,,\n7.jpg,O,,\n007.png,WO,,\n"
    with pytest.raises(
        ValueError, match=r"v\.csv:4: expected one row a face, got another of 007.png; remove"
    ):
        read_verdicts(write(tmp_path / "v.csv", text.encode()))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"file,verdict\n", "expected the columns file, verdict, who, date, got file, verdict"),
        (
            b"file,verdict,who,date\n7.jpg,maybe,,\n",
            r"v\.csv:2: expected a file, a verdict among WO, O, excluded",
        ),
        (b"file,verdict,who,date\n7.jpg,O\n", r"v\.csv:2: expected a file, a verdict"),
        (
            b"file,verdict,who,date,who\n7.jpg,O,,,\n",
            "expected each column once, got who twice",
        ),
        (b"\xff\xfe", "expected a CSV table in UTF-8, got"),
    ],
)
def test_another_table_is_refused(tmp_path: Path, text: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_verdicts(write(tmp_path / "v.csv", text))
