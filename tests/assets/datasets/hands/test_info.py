from __future__ import annotations

from pathlib import Path

from assets.datasets.hands.info import UNKNOWN, HandInfo, HandTable, read_hand_info
from assets.problems import Problem


def read(folder: Path, text: str) -> tuple[dict[str, HandInfo], list[str]]:
    (folder / "HandInfo.csv").write_text(text, encoding="utf-8")
    problems: list[Problem] = []
    return read_hand_info(folder, folder, problems.append).rows, [
        f"{problem.action} {problem}" for problem in problems
    ]


def test_a_row_is_read_whatever_its_case_and_spaces(tmp_path: Path) -> None:
    text = (
        "\ufeffid,imageName,skinColor,aspectOfHand,accessories,irregularities\n"
        "12 ,Hand_1.jpg,Very  Fair,Dorsal Left,0,1\n"
        ",Hand_2.jpg,,,,\n"
        "13,,fair,dorsal left,0,0\n"
    )
    rows, problems = read(tmp_path, text)
    assert rows == {
        "Hand_1": HandInfo(
            subject="12", skin="very fair", aspect="dorsal left", accessories=False, irregularities=True
        ),
        "Hand_2": UNKNOWN,
    }
    assert problems == ["refused HandInfo.csv: expected a photograph in imageName, got none in 1 (line 4)"]


def test_a_person_has_one_number_and_nobody_none(tmp_path: Path) -> None:
    ids = ("7", "007", "7.0", "nan", "", "x1")
    rows, problems = read(
        tmp_path, "id,imageName\n" + "".join(f"{name},{at}.jpg\n" for at, name in enumerate(ids))
    )
    assert [row.subject for row in rows.values()] == ["7", "7", "7", "", "", "x1"] and problems == []


def test_a_table_without_the_column_of_persons_is_named(tmp_path: Path) -> None:
    rows, problems = read(tmp_path, "subject,imageName\n7,a.jpg\n7,b.jpg\n")
    assert [row.subject for row in rows.values()] == ["", ""]
    assert problems == [
        "refused HandInfo.csv: expected a column id, the person's number, got subject, imageName; "
        "no hand's person is known, so name its column id"
    ]


def test_flags_may_have_a_decimal_point(tmp_path: Path) -> None:
    rows, problems = read(tmp_path, "id,imageName,accessories,irregularities\n1,a.jpg,1.0,0.0\n")
    assert (rows["a"].accessories, rows["a"].irregularities, problems) == (True, False, [])


def test_an_unknown_value_counts_as_unknown_and_is_reported_once(tmp_path: Path) -> None:
    rows, problems = read(tmp_path, "imageName,skinColor,id\na.jpg,green,1\nb.jpg,Green,1\nc.jpg,dark,2\n")
    assert [rows[name].skin for name in "abc"] == ["", "", "dark"]
    assert problems == [
        "noted HandInfo.csv: expected skinColor among very fair, fair, medium, dark, "
        "got 'green', which counts as unknown"
    ]


def test_cells_may_have_blanks_other_case_and_other_words(tmp_path: Path) -> None:
    text = (
        "ID; Skin Color ;accessories;Aspect Of Hand; image name;irregularities\n"
        " 1.0 ; Fair\u00a0;Yes;DORSAL right; Hands\\Hand_1.JPG ;no\n"
    )
    assert read(tmp_path, text) == (
        {
            "Hand_1": HandInfo(
                subject="1", skin="fair", aspect="dorsal right", accessories=True, irregularities=False
            )
        },
        [],
    )


def test_rows_that_differ_or_cannot_be_read_are_refused(tmp_path: Path) -> None:
    text = 'imageName,id\na.jpg,1\na.jpg,2\nb.jpg,1\nb.jpg,1\n"c.jpg,1\nd.jpg,4\n'
    rows, problems = read(tmp_path, text)
    assert {name: row.subject for name, row in rows.items()} == {"b": "1", "d": "4"}
    assert problems == [
        "refused HandInfo.csv: expected 2 cells a row, got others: 1 (line 6)",
        "refused HandInfo.csv: expected one row a photograph, got rows that differ from an earlier one: 1 (line 3)",
    ]
    assert read(tmp_path, "imageName,id,ID\na.jpg,1,2\n") == (
        {},
        [
            "refused HandInfo.csv: expected the table of the download, with imageName, "
            "got id twice; persons, sides and skin tones are unknown"
        ],
    )


def test_photographs_and_rows_without_each_other_take_a_line_each() -> None:
    problems: list[Problem] = []
    HandTable("t.csv", {"a": UNKNOWN, "b": UNKNOWN}).report_mismatches(["b.jpg", "c.jpg"], problems.append)
    assert [str(problem) for problem in problems] == [
        "t.csv: expected a row for each photograph, got none for 1 (c.jpg)",
        "t.csv: expected a photograph for each row, got 1 row without a photograph (a); correct or remove them",
    ]
    HandTable("t.csv").report_mismatches(["b.jpg"], problems.append)
    assert len(problems) == 2, "a table without rows is reported itself"
