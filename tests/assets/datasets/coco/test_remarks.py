from __future__ import annotations

import pytest

from assets.datasets.coco.remarks import Remarks
from assets.problems import Problem


def test_a_kind_is_one_line_and_said_once() -> None:
    remarks, problems = Remarks(), list[Problem]()
    for number in range(5):
        remarks.add("derived", str(number))
    remarks.add("image ids", "7")
    remarks.report("here", problems.append)
    assert [f"{problem.action} {problem}" for problem in problems] == [
        "refused here: expected an image id of its own for each, got ids that several have: 1 (7); none is used",
        "noted here: expected the area and the bbox of the outline, got others in annotations: 5 (0, 1, 2, …); "
        "measured on the outline",
    ]
    remarks.report("here", problems.append)
    assert len(problems) == 2


def test_another_kind_is_an_error() -> None:
    with pytest.raises(KeyError):
        Remarks().add("weather", "7")
