from __future__ import annotations

from pathlib import Path

from assets.problems import BadInput, Problem
from assets.text.table import Layout, read_rows


def layout_from(cells: list[str]) -> Layout[str]:
    """A first line ``name value`` is a header, ``bad`` another layout; rows named ``skip`` are skipped."""
    if cells == ["bad"]:
        raise BadInput("a name and a value", "bad")

    def parse(row: list[str]) -> tuple[str, str] | None:
        if len(row) != 2:
            raise BadInput("two cells", " ".join(row))
        return None if row[0] == "skip" else (row[0], row[1])

    return Layout(has_header=cells == ["name", "value"], parse=parse)


def read(folder: Path, data: bytes | None) -> tuple[dict[str, str] | None, list[str]]:
    if data is not None:
        (folder / "t.txt").write_bytes(data)
    problems: list[Problem] = []
    rows = read_rows(folder / "t.txt", folder, problems.append, layout_from)
    return rows, [f"{problem.action} {problem}" for problem in problems]


def test_count_and_header_are_optional(tmp_path: Path) -> None:
    rows = {"a": "1", "b": "2"}
    for head in (b"", b"2\n", b"name value\n", b"2\nname value\n"):
        assert read(tmp_path, head + b"a 1\nb,2\n") == (rows, []), head


def test_skipped_rows_count_and_another_count_is_noted(tmp_path: Path) -> None:
    assert read(tmp_path, b"2\na 1\nskip 2\n") == ({"a": "1"}, [])
    expected = "noted t.txt: expected 3 rows, as its first line says, got 2"
    assert read(tmp_path, b"3\na 1\nskip 2\n") == ({"a": "1"}, [expected])


def test_a_second_row_of_one_number_is_no_second_count(tmp_path: Path) -> None:
    rows, problems = read(tmp_path, b"1\n5\n")
    assert rows == {} and problems == ["refused t.txt: expected two cells, got 5 and the like: 1 (line 2)"]


def test_rows_at_fault_take_one_line_for_each_kind(tmp_path: Path) -> None:
    rows, problems = read(tmp_path, b"a 1\nb\na 2\nc\n")
    assert rows == {}, "which row of a is right is unknown"
    assert problems == [
        "refused t.txt: expected two cells, got b and the like: 2 (line 2, line 4)",
        "refused t.txt: expected one row a name, got another one of a and the like: 1 (line 3)",
    ]


def test_a_table_that_cannot_be_read_is_refused_and_an_absent_one_is_not_missed(tmp_path: Path) -> None:
    assert read(tmp_path, None) == (None, [])
    assert read(tmp_path, b"bad\na 1\n") == (None, ["refused t.txt: expected a name and a value, got bad"])
    assert read(tmp_path, b"\n3\n") == (None, ["refused t.txt: expected rows, got an empty file"])
    rows, (problem,) = read(tmp_path, b"a \xff\n")
    assert rows is None and problem.startswith(
        "refused t.txt: expected text in UTF-8, got another encoding (0xff"
    )


def test_cells_may_be_quoted_and_equal_rows_are_one(tmp_path: Path) -> None:
    assert read(tmp_path, '"a";"1"\rb\u00a0 2,\ra 1\r'.encode()) == ({"a": "1", "b": "2"}, [])
