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


def test_the_last_row_of_a_face_wins(tmp_path: Path) -> None:
    text = "\ufefffile,verdict,who,date\r\n7.jpg,O,,\r\n007.png,WO,,\r\n"
    (found,) = read_verdicts(write(tmp_path / "v.csv", text.encode())).values()
    assert (found.file, found.verdict) == ("007.png", "WO")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"file,verdict\n", "expected the columns file, verdict, who, date, got file, verdict"),
        (
            b"file,verdict,who,date\n7.jpg,maybe,,\n",
            r"v\.csv:2: expected a file, a verdict among WO, O, excluded",
        ),
        (b"file,verdict,who,date\n7.jpg,O\n", r"v\.csv:2: expected a file, a verdict"),
        (b"\xff\xfe", "expected a CSV table in UTF-8, got"),
    ],
)
def test_another_table_is_refused(tmp_path: Path, text: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_verdicts(write(tmp_path / "v.csv", text))
