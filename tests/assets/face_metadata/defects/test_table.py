from __future__ import annotations

from pathlib import Path

import pytest

from assets.face_metadata.defects.table import DEFECT_KINDS, known_defects, read_defects
from assets.problems import BadInput, Problem
from tests.raw_trees import write


def read(folder: Path, text: str) -> tuple[list[tuple[str, ...]], list[str]]:
    problems: list[Problem] = []
    found = read_defects(write(folder / "defects.csv", text.encode()), "defects.csv", problems.append)
    defects = [row.defect for row in found if row.defect is not None]
    return [(one.kind, one.face, one.other, *one.parts) for one in defects], [str(one) for one in problems]


def test_the_table_holds_what_the_users_of_celebamask_hq_list() -> None:
    found = known_defects()
    pairs = {(one.face, one.other) for one in found if one.kind == "duplicate"}
    assert len(pairs) == 13
    assert {("00234", "00235"), ("24646", "24647")} < pairs
    assert {one.source for one in found} == {"84", "5", "48", "67", "79", "88", "39"}
    assert {one.face for one in found if one.kind == "not labelled"} == {"00404", "00573", "09852"}
    (empty,) = [one for one in found if one.kind == "empty" and one.face]
    assert (empty.face, len(empty.parts)) == ("04790", 11)
    assert {one.source for one in found if not one.face} == {"67", "79", "88", "39"}
    assert {one.kind for one in found} == set(DEFECT_KINDS)


def test_a_users_table_is_read_as_spreadsheets_write_it(tmp_path: Path) -> None:
    text = "\ufeffFace;Kind;parts\r\nimg\\007.jpg; Too  Large ;hair, neck\r\n8;misaligned;\r\n"
    assert read(tmp_path, text) == (
        [("too large", "00007", "", "hair", "neck"), ("misaligned", "00008", "")],
        [],
    )
    assert read_defects(tmp_path / "none.csv", "none.csv", lambda problem: None) == ()


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("duplicat,1,2,", "expected a kind among duplicate, misaligned, wrong attributes, missing, too large, "
         "not needed, wrong content, empty, not labelled, hands in skin, got duplicat; is it duplicate?"),
        ("duplicate,1,,", "expected another face in the column other, got none"),
        ("duplicate,1,001.jpg,", "expected another face in the column other, got 001.jpg"),
        ("misaligned,1,2,", "expected no other face with misaligned, got 2"),
        ("missing,,,hair", "expected a face, got none"),
        ("missing,1,,beard", "expected parts among skin, nose, eye_g, l_eye, r_eye, l_brow, r_brow, l_ear, "
         "r_ear, mouth, u_lip, l_lip, hair, hat, ear_r, neck_l, neck, cloth, got beard"),
        ("misaligned,1,,hair", "expected no parts with misaligned, got hair"),
        ("missing,1", "expected as many cells as columns, got missing,1"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_read_is_refused_by_name(tmp_path: Path, row: str, fault: str) -> None:
    found, problems = read(tmp_path, f"kind,face,other,parts\n{row}\nempty,3,,\n")
    assert (found, problems) == ([("empty", "00003", "")], [f"defects.csv:2: {fault}"])


@pytest.mark.parametrize("data", [b"face,fault\n1,x\n", b"face\n1\n", b"\xff\xfek\0", b""])
def test_another_table_stops_the_command(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(BadInput, match=r"^defects\.csv: expected "):
        read_defects(write(tmp_path / "defects.csv", data), "defects.csv", lambda problem: None)


def test_an_unreadable_row_is_handed_on_if_it_may_say_duplicate(tmp_path: Path) -> None:
    text = "kind,face,other\nduplicat,0,1\nduplicate,2,3,x\nmisalignd,4,\nmissing,5\nempty,6,7\n,8,\n"
    path = write(tmp_path / "defects.csv", text.encode())
    rows = read_defects(path, "defects.csv", lambda problem: None)
    assert [(row.line, row.face, row.other) for row in rows] == [
        (2, "0", "1"),
        (3, "2", "3"),
        (6, "6", "7"),
        (7, "8", ""),
    ]
    assert all(row.defect is None for row in rows) and rows[1].rest == ("duplicate", "2", "3", "x")
