from __future__ import annotations

import pytest

from assets.reading.expected_counts import deviation, is_selection


@pytest.mark.parametrize(
    ("stated", "found", "remark"),
    [
        (None, 7, ""),
        (100, 100, ""),
        (100, 49, ""),
        (100, 50, "100 published: a half-extracted archive?"),
        (100, 99, "100 published: a half-extracted archive?"),
        (100, 101, "100 published: others among them?"),
        (100, 0, "100 published: an empty folder"),
    ],
)
def test_under_half_is_a_selection_and_any_other_number_is_remarked(
    stated: int | None, found: int, remark: str
) -> None:
    assert deviation(stated, found) == remark


def test_an_empty_folder_is_no_selection() -> None:
    assert [is_selection(100, found) for found in (0, 1, 49, 50)] == [False, True, True, False]
