"""Numbers as they are written."""

from __future__ import annotations

import math

import pytest

from tasks.benchmark.pages.grid import (
    GridCell,
    GridColumn,
    duration,
    interval_text,
    p_value,
    percent,
    plain_number,
    points,
    short_hash,
)


def test_shares_are_per_cent_and_differences_points_with_their_sign() -> None:
    assert (percent(0.91254), percent(1.0), percent(0.0)) == ("91.25", "100.00", "0.00")
    assert (points(0.0325), points(-0.0325), points(-0.000001)) == ("+3.25", "-3.25", "+0.00")
    assert (plain_number(0.01234), plain_number(-0.00001)) == ("0.0123", "0.0000")


def test_what_is_not_there_is_a_dash_and_has_no_interval() -> None:
    assert {percent(math.nan), points(math.nan), plain_number(math.nan), p_value(math.nan)} == {"–"}
    assert interval_text("–", "–") == "" and interval_text("1.00", "2.00") == "[1.00, 2.00]"
    assert GridCell(text="–").whole == "–" and GridCell(text="a", beside="b").whole == "a b"
    assert GridColumn(heading="a").whole == "a" and GridColumn(heading="a", under="b").whole == "a (b)"


@pytest.mark.parametrize(
    ("value", "text"), [(0.0123, "0.0123"), (1.0, "1.0000"), (0.00001, "< 0.0001"), (0.0, "0.0000")]
)
def test_a_small_p_is_said_to_be_small(value: float, text: str) -> None:
    assert p_value(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(12.4, "12 s"), (59.9, "1 min 00 s"), (3599.0, "59 min 59 s"), (3725.0, "1 h 02 min"), (math.nan, "–")],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_a_hash_is_shortened_and_none_is_a_dash() -> None:
    assert short_hash("0123456789abcdef") == "0123456789ab" and short_hash("") == "–"
