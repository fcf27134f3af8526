from __future__ import annotations

import math

import pytest

from assets.reading.numbers import number_of, whole_number


@pytest.mark.parametrize("value", [None, True, "two", "", "1_000", [], "1,5"])
def test_what_is_no_number_is_none(value: object) -> None:
    assert number_of(value) is None and whole_number(value) is None


def test_numbers_may_be_text() -> None:
    assert [number_of(value) for value in (2, "2.5", " 3 ", -1.5)] == [2, 2.5, 3, -1.5]
    assert math.isnan(number_of("nan") or 0) and number_of(10**400) == math.inf


def test_whole_numbers_are_not_rounded() -> None:
    assert [whole_number(value) for value in (7, "007", 7.0, "-3", "7.0", "7.", " 300.00 ")] == [
        *(7, 7, 7, -3),
        *(7, 7, 300),
    ]
    assert [whole_number(value) for value in (7.5, "7.5", math.inf, "9" * 40, "²", "7.01", "-", ".0")] == [
        None
    ] * 8
