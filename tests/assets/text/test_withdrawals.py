from __future__ import annotations

from pathlib import Path

import pytest

from assets.problems import BadInput
from assets.text.withdrawals import WITHDRAWALS, Withdrawal, add_withdrawals, read_withdrawals

SHA = "0a" * 32
ROW = Withdrawal(
    what="person", name="celeba:7", input="celeba:7", date="2026-11-30", reason='her "wish", asked'
)


def test_rows_are_added_once_and_read_again(tmp_path: Path) -> None:
    assert read_withdrawals(tmp_path) == ()
    assert add_withdrawals(tmp_path, [ROW]) == (ROW,) and read_withdrawals(tmp_path) == (ROW,)
    other = Withdrawal(what="photograph", name=SHA)
    assert add_withdrawals(tmp_path, [ROW, other]) == (other,)
    assert read_withdrawals(tmp_path) == (ROW, other)
    assert [path.name for path in tmp_path.iterdir()] == [WITHDRAWALS]


def test_rows_that_are_there_keep_their_bytes(tmp_path: Path) -> None:
    before = (
        f'what,name,input,date,reason,photo\nphotograph, {SHA.upper()} ,,"soon",\nfile,"COCO/a,b.jpg",,,,'
    )
    before = before.replace(',"soon"', ',"soon",')
    (tmp_path / WITHDRAWALS).write_text(before)
    add_withdrawals(tmp_path, [ROW])
    assert (tmp_path / WITHDRAWALS).read_text().startswith(f"{before}\nperson,celeba:7,")
    assert [row.subject for row in read_withdrawals(tmp_path)] == [
        ("photograph", SHA),
        ("file", "COCO/a,b.jpg"),
        ("person", "celeba:7"),
    ]


def test_a_table_without_the_photographs_is_extended(tmp_path: Path) -> None:
    (tmp_path / WITHDRAWALS).write_text("what,name,input,date,reason\nperson,7,7,,asked\n")
    row = Withdrawal(what="file", name="F/7.jpg", photo=SHA)
    add_withdrawals(tmp_path, [row])
    before, after = read_withdrawals(tmp_path)
    assert (before.reason, before.photo, after) == ("asked", "", row)


def test_a_table_of_a_spreadsheet_is_read_and_extended(tmp_path: Path) -> None:
    (tmp_path / WITHDRAWALS).write_text("\ufeffName;What\r\n007;Person\r\n")
    add_withdrawals(tmp_path, [ROW])
    assert [row.name for row in read_withdrawals(tmp_path)] == ["7", "celeba:7"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("file,split\n", "a column what"),
        ("what,name\nperson\n", "withdrawn.csv:2: expected a cell for each"),
        ("what,name\nman,7\n", "withdrawn.csv:2: expected one of person, photograph, file, object in what"),
        ("what,name\nphotograph,7\n", "withdrawn.csv:2: expected the sha256 of a photograph"),
        ("what,name\nperson,nan\n", "withdrawn.csv:2: expected a name of the person"),
        ("what,name\nperson,\xe9\n", "a CSV table in UTF-8"),
    ],
)
def test_a_row_that_cannot_be_read_stops(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / WITHDRAWALS).write_bytes(text.encode("latin-1"))
    for call in (read_withdrawals, lambda raw: add_withdrawals(raw, [ROW])):
        with pytest.raises(BadInput, match=message):
            call(tmp_path)
    assert (tmp_path / WITHDRAWALS).read_bytes() == text.encode("latin-1")


def test_a_similar_name_stops(tmp_path: Path) -> None:
    (tmp_path / "Withdrawn.csv.txt").write_text("what,name\n")
    with pytest.raises(BadInput, match=r"Withdrawn\.csv\.txt, which is not read; rename it"):
        read_withdrawals(tmp_path)
