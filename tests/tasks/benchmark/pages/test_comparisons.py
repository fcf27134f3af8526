"""The table of comparisons."""

from __future__ import annotations

import math

from tasks.benchmark.pages.comparisons import comparison_grid
from tests.tasks.benchmark.pages.made import NETWORK, comparison, material


def test_a_comparison_has_its_interval_and_three_p() -> None:
    grid = comparison_grid(material())
    assert grid is not None
    (row,) = grid.rows
    texts = [row.label, *(cell.whole for cell in row.cells)]
    assert texts[:6] == ["nat − wo", NETWORK, "RealOcc", "mIoU", "+3.25 [+1.01, +5.49]", "0.0123"]
    assert texts[6:] == ["0.0246", "< 0.0001", "20", "18", "3", ""]


def test_what_is_not_tested_says_why() -> None:
    few = comparison(p=math.nan, p_holm=math.nan, smallest_p=math.nan, note="fewer than 12 pictures: no test")
    grid = comparison_grid(material(comparisons=(few,)))
    assert grid is not None
    assert [cell.text for cell in grid.rows[0].cells][4:7] == ["–", "–", "–"]
    assert grid.rows[0].cells[-1].text == "fewer than 12 pictures: no test"


def test_without_comparisons_there_is_no_table() -> None:
    assert comparison_grid(material(comparisons=())) is None
