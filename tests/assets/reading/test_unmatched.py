from __future__ import annotations

import pytest

from assets.problems import Problem
from assets.reading.unmatched import only_unmatched, tally_of, unmatched


@pytest.mark.parametrize(
    ("names", "got"),
    [
        (["a"], "1 row without a photograph (a); correct the names"),
        (["a", "b", "c", "d"], "4 rows without a photograph (a, b, c, …); correct the names"),
    ],
)
def test_what_matches_nothing_is_counted_and_the_first_are_named(names: list[str], got: str) -> None:
    found = unmatched(
        "t.csv",
        "rows without a photograph",
        tally_of(names),
        expected="a photograph for each row",
        todo="correct the names",
    )
    assert str(found) == f"t.csv: expected a photograph for each row, got {got}"
    assert (found.path, found.kind, found.count) == ("t.csv", "rows without a photograph", len(names))
    assert (found.names, found.action) == (tuple(names[:3]), "unmatched")
    other = Problem(path="t.csv", expected="a table", got="none")
    assert only_unmatched([other, found]) == (found,)
