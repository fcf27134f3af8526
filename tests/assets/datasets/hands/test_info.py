from __future__ import annotations

from pathlib import Path

from assets.datasets.hands.info import UNKNOWN, HandInfo, read_hand_info
from assets.problems import Problem


def read(folder: Path, text: str) -> tuple[dict[str, HandInfo], list[str]]:
    (folder / "HandInfo.csv").write_text(text, encoding="utf-8")
    problems: list[Problem] = []
    return read_hand_info(folder, folder, problems.append), [
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
        "Hand_1.jpg": HandInfo(
            subject="12", skin="very fair", aspect="dorsal left", accessories=False, irregularities=True
        ),
        "Hand_2.jpg": UNKNOWN,
    }
    assert problems == []


def test_an_unknown_value_counts_as_unknown_and_is_reported_once(tmp_path: Path) -> None:
    rows, problems = read(tmp_path, "imageName,skinColor\na.jpg,green\nb.jpg,Green\nc.jpg,dark\n")
    assert [rows[name].skin for name in ("a.jpg", "b.jpg", "c.jpg")] == ["", "", "dark"]
    assert problems == [
        "noted HandInfo.csv: expected skinColor among very fair, fair, medium, dark, "
        "got 'green', which counts as unknown"
    ]
