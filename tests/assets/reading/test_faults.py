from __future__ import annotations

from assets.reading.faults import Faults


def test_names_of_one_kind_of_fault_are_one_line() -> None:
    faults = Faults()
    for name in "abcd":
        faults.add("files", "none for", name)
    faults.add("lines", "others", "line 7")
    assert [(str(problem), problem.action) for problem in faults.problems("list.txt")] == [
        ("list.txt: expected files, got none for 4 (a, b, c, …)", "refused"),
        ("list.txt: expected lines, got others 1 (line 7)", "refused"),
    ]
