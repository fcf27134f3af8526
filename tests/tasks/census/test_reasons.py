from __future__ import annotations

from assets.problems import Problem
from assets.reading.unmatched import unmatched
from tasks.census.reasons import Reason, count_reasons


def test_findings_that_differ_in_names_alone_are_one_reason() -> None:
    problems = [
        Problem(path=f"RealOcc/image/{name}.jpg", expected=f"a mask RealOcc/mask/{name}.png", got="none")
        for name in "ab"
    ]
    problems.append(Problem(path="dtd/images/a", expected="at least one picture", got="none", action="noted"))
    problems.append(unmatched("dtd", "files that no reader reads", ["a"], expected="data", todo="remove it"))
    assert count_reasons(problems) == (
        Reason(dataset="RealOcc", action="refused", expected="a mask …", count=2),
        Reason(dataset="dtd", action="noted", expected="at least one picture", count=1),
    )
